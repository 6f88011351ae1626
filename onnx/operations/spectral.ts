import { tensorOf } from '../element-types.js';
import { type Dimension, floatTensor, type Value } from '../graph.js';
import { asComplex, isComplex, real } from './complex.js';
import type { OpConverter, OpScope } from './op-scope.js';

/**
 * The longest transform that is one product with a matrix, which runs on every provider. Its bytes grow with the square
 * of the length (4 MiB at 1024 real samples); longer ones, and those whose length only running tells, are DFT
 * (ai.onnx 17), which onnxruntime has for the CPU alone.
 */
const longestProduct = 1024;

/** A matrix (rows, columns) by its elements. */
function matrix(
  op: OpScope,
  label: string,
  rows: number,
  columns: number,
  at: (r: number, c: number) => number,
): Value {
  const elements = Array.from({ length: rows * columns }, (_, i) => at(Math.floor(i / columns), i % columns));
  return op.graph.constant(`${op.name}/${label}`, floatTensor([rows, columns], elements));
}

/** 2πkt / n, the multiple of 2π taken out first so that it stays exact. */
const angle = (k: number, t: number, n: number): number => (2 * Math.PI * ((k * t) % n)) / n;

/** x (…, rows) · matrix → (…, columns), cut into (…, columns / 2, 2) */
function pairs(op: OpScope, x: Value, by: Value): Value {
  const product = op.emit('MatMul', [x, by]);
  const shape = [...product.shape.slice(0, -1), (product.shape.at(-1) as number) / 2, 2];
  return op.add('Reshape', [product, op.ints('pairs', [...x.shape.slice(1).map(() => 0), -1, 2])], shape);
}

/** RFFT: the first n / 2 + 1 terms of Σ x_t e^(−2πikt/n). Over all samples: tfjs does not read `fft_length`. */
const convertRfft: OpConverter = (op) => {
  const x = op.tensor('x');
  const n = x.shape.at(-1)!;
  if (typeof n === 'number' && n <= longestProduct) {
    const half = Math.floor(n / 2) + 1;
    const by = matrix(op, 'cosines', n, 2 * half, (t, c) => {
      const at = angle(Math.floor(c / 2), t, n);
      return c % 2 === 0 ? Math.cos(at) : -Math.sin(at);
    });
    return asComplex(pairs(op, x, by));
  }
  const half = typeof n === 'number' ? Math.floor(n / 2) + 1 : op.unknownSize('bins');
  return asComplex(transform(op, op.emit('Unsqueeze', [x, op.ints('last', [-1])]), half, { onesided: 1 }));
};

/** FFT and IFFT: Σ x_t e^(∓2πikt/n), the inverse over n. */
function complexTransform(op: OpScope, inverse: boolean): Value {
  const x = op.tensor('x');
  if (!isComplex(x)) throw op.refusal('a tensor that is not complex', 'complex64');
  const n = x.shape.at(-2)!;
  if (typeof n !== 'number' || n > longestProduct / 2) return transform(op, x, n, inverse ? { inverse: 1 } : {});
  const by = matrix(op, 'rotations', 2 * n, 2 * n, (r, c) => {
    const at = angle(Math.floor(r / 2), Math.floor(c / 2), n) * (inverse ? 1 : -1);
    const term = r % 2 === c % 2 ? Math.cos(at) : r % 2 === 0 ? Math.sin(at) : -Math.sin(at);
    return inverse ? term / n : term;
  });
  const flat = op.emit('Reshape', [x, op.ints('flat', [...x.shape.slice(2).map(() => 0), -1])]);
  return pairs(op, known(flat, [...x.shape.slice(0, -2), 2 * n]), by);
}

/** The same value where more of its shape is known than its operator's rule tells. */
const known = (value: Value, shape: readonly Dimension[]): Value => Object.assign(value, { shape });

/** DFT along the axis before the last, (…, n, 1 or 2) → (…, length, 2); the format wants an axis before those two. */
function transform(op: OpScope, x: Value, length: Dimension, attributes: Record<string, number>): Value {
  const alone = x.shape.length === 2;
  const signal = alone ? op.emit('Unsqueeze', [x, op.ints('first', [0])]) : x;
  const axis = signal.shape.length - 2;
  const result = op.add('DFT', [signal], [...signal.shape.slice(0, -2), length, 2], { axis, ...attributes });
  return alone ? op.emit('Squeeze', [result, op.ints('first', [0])]) : result;
}

/**
 * IRFFT: the samples of which these are the first terms, 2 (m − 1) of m; of one or two terms as many. As in tfjs, which
 * does not read `fft_length`, and gives (samples) as (1, samples) and four axes or more as two.
 */
const convertIrfft: OpConverter = (op) => {
  const x = op.tensor('x');
  if (!isComplex(x)) throw op.refusal('a tensor that is not complex', 'complex64');
  const m = x.shape.at(-2)!;
  const n = typeof m !== 'number' ? op.unknownSize('samples') : m <= 2 ? m : 2 * (m - 1);
  const samples =
    typeof m === 'number' && typeof n === 'number' && n <= longestProduct ? byProduct(op, x, m, n) : byDft(op, x, n);
  if (samples.shape.length === 2 || samples.shape.length === 3) return samples;
  const last = op.emit('Shape', [samples], { start: samples.shape.length - 1 });
  return op.emit('Reshape', [samples, op.emit('Concat', [op.ints('rows', [-1]), last], { axis: 0 })]);
};

function byProduct(op: OpScope, x: Value, m: number, n: number): Value {
  const by = matrix(op, 'cosines', 2 * m, n, (r, t) => {
    const k = Math.floor(r / 2);
    const twice = m > 2 && k > 0 && k < m - 1 ? 2 : 1;
    const at = angle(k, t, n);
    return ((r % 2 === 0 ? Math.cos(at) : -Math.sin(at)) * twice) / n;
  });
  const flat = op.emit('Reshape', [x, op.ints('flat', [...x.shape.slice(2).map(() => 0), -1])]);
  return op.emit('MatMul', [known(flat, [...x.shape.slice(0, -2), 2 * m]), by]);
}

/** All terms, the others being the conjugates of those between the first and the last in reverse, and DFT back. */
function byDft(op: OpScope, x: Value, n: Dimension): Value {
  const axis = x.shape.length - 2;
  const [from, to, along, step] = [-2, 0, axis, -1].map((value, i) => op.ints(`slice${i}`, [value]));
  const reversed = op.emit('Slice', [x, from, to, along, step]);
  const conjugate = op.graph.constant(`${op.name}/conjugate`, tensorOf('float32', [2], [1, -1]));
  const all = op.emit('Concat', [x, op.emit('Mul', [reversed, conjugate])], { axis });
  return real(op, asComplex(transform(op, all, n, { inverse: 1 })));
}

export const spectralConverters = {
  FFT: (op) => asComplex(complexTransform(op, false)),
  IFFT: (op) => asComplex(complexTransform(op, true)),
  IRFFT: convertIrfft,
  RFFT: convertRfft,
} satisfies Record<string, OpConverter>;
