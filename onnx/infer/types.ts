import { elementTypeOf } from '../element-types.js';
import type { ElementType, Value } from '../graph.js';
import type { Call } from './index.js';

const booleans: ReadonlySet<string> = new Set([
  ...['Equal', 'Greater', 'GreaterOrEqual', 'Less', 'LessOrEqual'],
  ...['And', 'Or', 'Xor', 'Not', 'IsNaN', 'IsInf'],
]);
const positions: ReadonlySet<string> = new Set([
  'Shape',
  'Size',
  'ArgMax',
  'ArgMin',
  'NonZero',
  'NonMaxSuppression',
  'SequenceLength',
]);

const fixed: Readonly<Record<string, ElementType>> = {
  ConvInteger: 'int32',
  DequantizeLinear: 'float32',
  DynamicQuantizeLinear: 'uint8',
  MatMulInteger: 'int32',
  QuantizeLinear: 'uint8',
};

/** The element type of an operator's first output; that of its first input where nothing else is known of it. */
export function typeOf(op: string, inputs: readonly Value[], attributes: Call['attributes']): ElementType {
  if (booleans.has(op)) return 'bool';
  if (positions.has(op)) return 'int64';
  if (Object.hasOwn(fixed, op)) return fixed[op];
  if (op === 'Cast') return elementTypeOf(attributes.to);
  return inputs[op === 'Where' ? 1 : 0].type;
}
