import { controlConverters } from '../../../onnx/operations/control.js';
import { hashTableConverters } from '../../../onnx/operations/hash-table.js';
import { spectralConverters } from '../../../onnx/operations/spectral.js';
import { tensorArrayConverters } from '../../../onnx/operations/tensor-array.js';
import { tensorListConverters } from '../../../onnx/operations/tensor-list.js';
import { arithmeticCases } from './arithmetic-cases.js';
import { basicMathCases } from './basic-math-cases.js';
import { convolutionCases } from './convolution-cases.js';
import { creationCases } from './creation-cases.js';
import { dynamicCases } from './dynamic-cases.js';
import { evaluationCases } from './evaluation-cases.js';
import { gatherCases } from './gather-cases.js';
import { graphCases } from './graph-cases.js';
import { imageCases } from './image-cases.js';
import { joinCases } from './join-cases.js';
import { logicalCases } from './logical-cases.js';
import { matricesCases } from './matrices-cases.js';
import { normalizationCases } from './normalization-cases.js';
import type { OpCase } from './op-case.js';
import { poolingCases } from './pooling-cases.js';
import { reductionCases } from './reduction-cases.js';
import { shapeCases } from './shape-cases.js';
import { sliceCases } from './slice-cases.js';
import { sparseCases } from './sparse-cases.js';

/** Every case of every operation. */
export const opCases: readonly OpCase[] = [
  ...arithmeticCases,
  ...basicMathCases,
  ...convolutionCases,
  ...creationCases,
  ...dynamicCases,
  ...evaluationCases,
  ...gatherCases,
  ...graphCases,
  ...imageCases,
  ...joinCases,
  ...logicalCases,
  ...matricesCases,
  ...normalizationCases,
  ...poolingCases,
  ...reductionCases,
  ...shapeCases,
  ...sliceCases,
  ...sparseCases,
];

/**
 * Operations whose tests are not cases: what is drawn at random is no two programs' same, complex numbers are no input
 * or output, tfjs 4.22's executor cannot run BitwiseAnd, an input that nothing feeds is refused, and what takes functions,
 * lists, tables or frames is no graph of one operation.
 */
export const opsWithoutCases: readonly string[] = [
  ...['Multinomial', 'RandomStandardNormal', 'RandomUniform', 'RandomUniformInt', 'TruncatedNormal'],
  ...['Complex', 'ComplexAbs', 'Imag', 'Real'],
  ...['BitwiseAnd', 'Placeholder'],
  ...Object.keys({ ...controlConverters, ...hashTableConverters, ...spectralConverters }),
  ...Object.keys({ ...tensorArrayConverters, ...tensorListConverters }),
];
