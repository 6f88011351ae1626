import { complexConverters } from './complex.js';
import { controlConverters } from './control.js';
import { convertConst, convertIdentity, convertIdentityN, convertShape, convertShapeN } from './graph.js';
import type { OpConverter } from './op-scope.js';
import { tensorArrayConverters } from './tensor-array.js';
import { tensorListConverters } from './tensor-list.js';

/**
 * Every operation of a graph model that can be exported, by TensorFlow's name, in the order of tfjs-converter's op
 * lists. A new one is a converter, a line here, and a case in test/onnx/operations/.
 */
export const opConverters: Readonly<Record<string, OpConverter>> = {
  ...complexConverters,
  Const: convertConst,
  Identity: convertIdentity,
  IdentityN: convertIdentityN,
  Print: convertIdentity,
  Shape: convertShape,
  ShapeN: convertShapeN,
  Snapshot: convertIdentity,
  StopGradient: convertIdentity,
  ...controlConverters,
  ...tensorArrayConverters,
  ...tensorListConverters,
};

/** Why an operation of tfjs-converter's lists has no converter: what ONNX, or a file, lacks. */
export const opRefusals: Readonly<Record<string, string>> = {};

export const opConverterOf = (op: string): OpConverter | undefined =>
  Object.hasOwn(opConverters, op) ? opConverters[op] : undefined;

export const refusalOf = (op: string): string | undefined =>
  Object.hasOwn(opRefusals, op) ? opRefusals[op] : undefined;
