import { arithmeticConverters } from './arithmetic.js';
import { basicMathConverters } from './basic-math.js';
import { complexConverters } from './complex.js';
import { countingConverters } from './counting.js';
import { creationConverters } from './creation.js';
import { evaluationConverters } from './evaluation.js';
import { convertConst, convertIdentity, convertIdentityN, convertShape, convertShapeN } from './graph.js';
import { logicalConverters } from './logical.js';
import { matricesConverters } from './matrices.js';
import type { OpConverter } from './op-scope.js';
import { randomConverters } from './random.js';
import { reductionConverters } from './reduction.js';

/**
 * Every operation of a graph model that can be exported, by TensorFlow's name, in the order of tfjs-converter's op
 * lists. A new one is a converter, a line here, and a case in test/onnx/operations/.
 */
export const opConverters: Readonly<Record<string, OpConverter>> = {
  ...arithmeticConverters,
  ...basicMathConverters,
  ...complexConverters,
  ...countingConverters,
  ...creationConverters,
  ...evaluationConverters,
  ...logicalConverters,
  ...matricesConverters,
  ...randomConverters,
  ...reductionConverters,
  Const: convertConst,
  Identity: convertIdentity,
  IdentityN: convertIdentityN,
  Print: convertIdentity,
  Shape: convertShape,
  ShapeN: convertShapeN,
  Snapshot: convertIdentity,
  StopGradient: convertIdentity,
};

/** Why an operation of tfjs-converter's lists has no converter: what ONNX, or a file, lacks. */
export const opRefusals: Readonly<Record<string, string>> = {};

export const opConverterOf = (op: string): OpConverter | undefined =>
  Object.hasOwn(opConverters, op) ? opConverters[op] : undefined;

export const refusalOf = (op: string): string | undefined =>
  Object.hasOwn(opRefusals, op) ? opRefusals[op] : undefined;
