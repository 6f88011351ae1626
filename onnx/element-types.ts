import type { DataOf, ElementType, Tensor } from './graph.js';

/** TensorProto.DataType by element type, as Cast's `to` and random operators' `dtype` want it. */
export const dataTypeCodes: Readonly<Record<ElementType, number>> = {
  float32: 1,
  uint8: 2,
  int8: 3,
  int32: 6,
  int64: 7,
  string: 8,
  bool: 9,
  float16: 10,
};

export function elementTypeOf(code: unknown): ElementType {
  const found = Object.entries(dataTypeCodes).find(([, other]) => other === code);
  if (!found) throw new RangeError(`TensorProto.DataType ${code} is not known here`);
  return found[0] as ElementType;
}

export const isInteger = (type: ElementType): boolean => ['int8', 'uint8', 'int32', 'int64'].includes(type);

/** Numbers as a tensor of a type; integers are cut to it as a cast does (int32 wraps), booleans are 0 or 1. */
export function tensorOf(
  type: Exclude<ElementType, 'string' | 'float16'>,
  shape: readonly number[],
  values: readonly number[],
): Tensor {
  return { type, shape, data: arrays[type](values) };
}

const arrays: { [Type in Exclude<ElementType, 'string' | 'float16'>]: (values: readonly number[]) => DataOf[Type] } = {
  float32: (values) => Float32Array.from(values),
  int8: (values) => Int8Array.from(values),
  uint8: (values) => Uint8Array.from(values),
  int32: (values) => Int32Array.from(values),
  int64: (values) => BigInt64Array.from(values, (value) => BigInt(Math.trunc(value))),
  bool: (values) => Uint8Array.from(values, (value) => (value ? 1 : 0)),
};

/** The elements as numbers; int64 beyond 2⁵³ loses digits. @throws TypeError for texts and float16 */
export function numbersOf({ type, data }: Tensor): number[] {
  if (type === 'string' || type === 'float16') throw new TypeError(`a tensor of ${type} holds no plain numbers`);
  return Array.from(data as ArrayLike<number | bigint>, Number);
}
