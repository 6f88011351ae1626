import { arithmeticCases } from './arithmetic-cases.js';
import { basicMathCases } from './basic-math-cases.js';
import { creationCases } from './creation-cases.js';
import { evaluationCases } from './evaluation-cases.js';
import { graphCases } from './graph-cases.js';
import { logicalCases } from './logical-cases.js';
import { matricesCases } from './matrices-cases.js';
import type { OpCase } from './op-case.js';
import { reductionCases } from './reduction-cases.js';

/** Every case of every operation. */
export const opCases: readonly OpCase[] = [
  ...arithmeticCases,
  ...basicMathCases,
  ...creationCases,
  ...evaluationCases,
  ...graphCases,
  ...logicalCases,
  ...matricesCases,
  ...reductionCases,
];

/**
 * Operations whose tests are not cases: what is drawn at random is no two programs' same, complex numbers are no input
 * or output, and tfjs 4.22's executor cannot run BitwiseAnd.
 */
export const opsWithoutCases: readonly string[] = [
  ...['Multinomial', 'RandomStandardNormal', 'RandomUniform', 'RandomUniformInt', 'TruncatedNormal'],
  ...['Complex', 'ComplexAbs', 'Imag', 'Real'],
  'BitwiseAnd',
];
