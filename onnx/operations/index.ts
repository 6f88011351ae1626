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
import { imageConverters } from './resize.js';
import { shapeConverters } from './shape.js';
import { sliceConverters } from './slice.js';
import { sparseConverters } from './sparse.js';
import { spectralConverters } from './spectral.js';
import { tensorArrayConverters } from './tensor-array.js';
import { tensorListConverters } from './tensor-list.js';
import { transposedConvolutionConverters } from './transposed-convolution.js';

/**
 * Every operation of a graph model that can be exported, by TensorFlow's name, a record a family. A new one is a
 * converter, a line in its family's record, and a case in test/onnx/operations/.
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
  ...imageConverters,
  ...hashTableConverters,
  ...joinConverters,
  ...logicalConverters,
  ...matricesConverters,
  ...nonMaxSuppressionConverters,
  ...normalizationConverters,
  ...poolingConverters,
  ...randomConverters,
  ...reductionConverters,
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
