import { floatTensor, type Graph, type Value } from '../graph.js';
import type { FrontEnd } from './front-end.js';
import { StageNodes } from './nodes.js';

/** The power of each frame, in the order in which the two steps of the transform give it. */
export interface Power {
  values: Value; // (batch, chunks, frames, positions)
  /** The bin at each position; undefined where one is there already. */
  bins: readonly (number | undefined)[];
}

/**
 * (batch, chunks, frames, N) → |DFT|² of the windowed frames, in two steps (Cooley & Tukey 1965). With N = A · B,
 * n = B·a + b, k = c + A·d:
 *
 *     X[c + A·d] = Σ_b e^(−2πibd/B) · e^(−2πibc/N) · Σ_a x[B·a + b] · e^(−2πiac/A)
 *
 * Both sums are products with one small matrix for all frames: instead of N²  numbers, as one convolution would hold,
 * about A² + 2·N + 4·B². Samples are real, so c beyond A/2 repeats what is known: |X[N − k]| = |X[k]|. No operator for
 * Fourier transforms, which few providers have, is needed.
 */
export function powerOf(graph: Graph, frames: Value, { window }: FrontEnd): Power {
  const nodes = new StageNodes(graph, 'power');
  const [batch, chunks, count, n] = frames.shape as [string, number, number, number];
  const a = firstFactor(n);
  const b = n / a;
  const c = Math.floor(a / 2) + 1;
  const table = (label: string, rows: number, columns: number, value: (row: number, column: number) => number) =>
    nodes.constant(
      label,
      floatTensor(
        [rows, columns],
        Float32Array.from({ length: rows * columns }, (_, i) => value(Math.floor(i / columns), i % columns)),
      ),
    );
  const shape = [batch, chunks, count, c, b];

  const split = nodes.reshape(frames, [chunks, count, a, b]);
  const x = nodes.add('Mul', [split, nodes.constant('window', floatTensor([a, b], window))], split.shape);
  const outer = (label: string, turn: Turn) =>
    nodes.add('MatMul', [table(label, c, a, (i, j) => turn(i * j, a)), x], shape);
  const [re, im] = [outer('cosines', cosine), outer('sines', (i, of) => -sine(i, of))];

  const cosines = table('turn_cosines', c, b, (i, j) => cosine(i * j, n));
  const sines = table('turn_sines', c, b, (i, j) => sine(i * j, n));
  const product = (left: Value, right: Value) => nodes.add('Mul', [left, right], shape);
  const turnedRe = nodes.add('Add', [product(re, cosines), product(im, sines)], shape);
  const turnedIm = nodes.add('Sub', [product(im, cosines), product(re, sines)], shape);

  const wide = [...shape.slice(0, -1), 2 * b];
  const both = nodes.add('Concat', [turnedRe, turnedIm], wide, { axis: 4 });
  const inner = table('inner', 2 * b, 2 * b, (row, column) => {
    const [i, ofIm] = [(row % b) * (column % b), row >= b];
    if (column < b) return ofIm ? sine(i, b) : cosine(i, b);
    return ofIm ? cosine(i, b) : -sine(i, b);
  });
  const spectrum = nodes.add('MatMul', [both, inner], wide);
  const squares = nodes.add('Mul', [spectrum, spectrum], wide);
  const sum = nodes.add('Add', [nodes.slice(squares, 4, 0, b, b), nodes.slice(squares, 4, b, 2 * b, b)], shape);
  return { values: nodes.reshape(sum, [chunks, count, c * b]), bins: binsOf(n, a, b, c) };
}

/** The bin c + A·d, or N minus it, at each position (c, d), the first time that it occurs. */
function binsOf(n: number, a: number, b: number, c: number): (number | undefined)[] {
  const seen = new Set<number>();
  return Array.from({ length: c * b }, (_, i) => {
    const k = Math.floor(i / b) + a * (i % b);
    const bin = Math.min(k, n - k);
    if (seen.has(bin)) return undefined;
    seen.add(bin);
    return bin;
  });
}

/** The smallest divisor of n that is not below its root. */
function firstFactor(n: number): number {
  let factor = Math.ceil(Math.sqrt(n));
  while (n % factor !== 0) factor++;
  return factor;
}

/** Of the i-th part of a full turn, cut into `of`. */
type Turn = (i: number, of: number) => number;

const cosine: Turn = (i, of) => Math.cos((2 * Math.PI * (i % of)) / of);
const sine: Turn = (i, of) => Math.sin((2 * Math.PI * (i % of)) / of);
