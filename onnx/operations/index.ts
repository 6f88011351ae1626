import { arithmeticConverters } from './arithmetic.js';
import { basicMathConverters } from './basic-math.js';
import { batchSpaceConverters } from './batch-space.js';
import { complexConverters } from './complex.js';
import { controlConverters } from './control.js';
import { convolutionConverters } from './convolution.js';
import { countingConverters } from './counting.js';
import { creationConverters } from './creation.js';
import { dynamicConverters } from './dynamic.js';
import { evaluationConverters } from './evaluation.js';
import { gatherConverters } from './gather.js';
import { graphConverters } from './graph.js';
import { hashTableConverters } from './hash-table.js';
import { joinConverters } from './join.js';
import { logicalConverters } from './logical.js';
import { matricesConverters } from './matrices.js';
import { nonMaxSuppressionConverters } from './non-max-suppression.js';
import { normalizationConverters } from './normalization.js';
import type { OpConverter } from './op-scope.js';
import { poolingConverters } from './pooling.js';
import { randomConverters } from './random.js';
import { reductionConverters } from './reduction.js';
import { forestRefusals, raggedRefusals, stringRefusals } from './refusals.js';
import { resizeConverters } from './resize.js';
import { sampleConverters } from './sample.js';
import { shapeConverters } from './shape.js';
import { sliceConverters } from './slice.js';
import { sparseConverters } from './sparse.js';
import { spectralConverters } from './spectral.js';
import { tensorArrayConverters } from './tensor-array.js';
import { tensorListConverters } from './tensor-list.js';
import { transposedConvolutionConverters } from './transposed-convolution.js';

/**
 * Every operation of a graph model that can be exported, by TensorFlow's name, in the order of tfjs-converter's op
 * lists. A new one is a converter, a line here, and a case in test/onnx/operations/.
 */
export const opConverters: Readonly<Record<string, OpConverter>> = {
  ...arithmeticConverters,
  ...basicMathConverters,
  ...batchSpaceConverters,
  ...complexConverters,
  ...controlConverters,
  ...convolutionConverters,
  ...countingConverters,
  ...creationConverters,
  ...dynamicConverters,
  ...evaluationConverters,
  ...gatherConverters,
  ...graphConverters,
  ...hashTableConverters,
  ...joinConverters,
  ...logicalConverters,
  ...matricesConverters,
  ...nonMaxSuppressionConverters,
  ...normalizationConverters,
  ...poolingConverters,
  ...randomConverters,
  ...reductionConverters,
  ...resizeConverters,
  ...sampleConverters,
  ...shapeConverters,
  ...sliceConverters,
  ...sparseConverters,
  ...spectralConverters,
  ...tensorArrayConverters,
  ...tensorListConverters,
  ...transposedConvolutionConverters,
};

/** Why an operation of tfjs-converter's lists has no converter: what ONNX, or a file, lacks. */
export const opRefusals: Readonly<Record<string, string>> = {
  ...forestRefusals,
  ...raggedRefusals,
  ...stringRefusals,
};

export const opConverterOf = (op: string): OpConverter | undefined =>
  Object.hasOwn(opConverters, op) ? opConverters[op] : undefined;

export const refusalOf = (op: string): string | undefined =>
  Object.hasOwn(opRefusals, op) ? opRefusals[op] : undefined;
