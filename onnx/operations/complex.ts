import type { Value } from '../graph.js';
import type { OpConverter, OpScope } from './op-scope.js';

/** Values that stand for complex numbers while a graph is converted. */
const complexValues = new WeakSet<Value>();

/** Operations whose converters know complex inputs; every other one refuses them. */
export const takesComplex = new Set<string>([
  ...['Identity', 'IdentityN', 'Print', 'Snapshot', 'StopGradient'],
  ...['Abs', 'Add', 'AddN', 'AddV2', 'ComplexAbs', 'Imag', 'Mul', 'Neg', 'Real', 'Sub'],
  ...['FFT', 'IFFT', 'IRFFT'],
]);

export const isComplex = (value: Value): boolean => complexValues.has(value);

/** Marks float32 (…shape, 2), last axis (real, imaginary), as complex (…shape). */
export function asComplex(pairs: Value): Value {
  complexValues.add(pairs);
  return pairs;
}

/**
 * Complex numbers of these parts. onnxruntime's operators have no complex type: they are carried as float32 with a last
 * axis (real, imaginary), which their shape has too much.
 *
 * @param re (…shape)
 * @param im (…shape)
 * @returns (…shape, 2)
 */
export function complexOf(op: OpScope, re: Value, im: Value): Value {
  const axis = op.ints('last', [-1]);
  const parts = [re, im].map((part) => op.emit('Unsqueeze', [part, axis]));
  return asComplex(op.emit('Concat', parts, { axis: -1 }));
}

export const real = (op: OpScope, value: Value): Value => part(op, value, 0);

export const imag = (op: OpScope, value: Value): Value => part(op, value, 1);

function part(op: OpScope, value: Value, at: number): Value {
  if (!isComplex(value)) throw op.refusal('a tensor that is not complex', 'complex64');
  const index = op.graph.constant(`${op.name}/part`, { type: 'int64', shape: [], data: BigInt64Array.of(BigInt(at)) });
  return op.emit('Gather', [value, index], { axis: value.shape.length - 1 });
}

/** |z| = √(re² + im²) */
export function magnitude(op: OpScope, value: Value): Value {
  if (!isComplex(value)) throw op.refusal('a tensor that is not complex', 'complex64');
  return op.emit('ReduceL2', [value], { axes: [value.shape.length - 1], keepdims: 0 });
}

export const complexConverters = {
  Complex: (op) => complexOf(op, op.tensor('real'), op.tensor('imag')),
  ComplexAbs: (op) => magnitude(op, op.tensor('x')),
  Imag: (op) => imag(op, op.tensor('x')),
  Real: (op) => real(op, op.tensor('x')),
} satisfies Record<string, OpConverter>;
