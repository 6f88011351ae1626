import { isInteger, numbersOf } from '../element-types.js';
import type { Dimension, Value } from '../graph.js';

/** Longer vectors are data, not sizes: their elements are not followed. */
const longest = 64;

/** What is known of a small integer tensor's elements: of a constant all, of what was computed from sizes some. */
export function elementsOf({ constant, elements, type, shape }: Value): readonly (Dimension | undefined)[] | undefined {
  if (elements) return elements;
  if (!constant || !isInteger(type) || shape.length > 1 || constant.data.length > longest) return undefined;
  return numbersOf(constant);
}

/** The elements where all are numbers. */
export function knownNumbers(value: Value): number[] | undefined {
  if (value.constant) return value.constant.type === 'string' ? undefined : numbersOf(value.constant);
  const elements = value.elements;
  return elements?.every((element) => typeof element === 'number') ? [...elements] : undefined;
}

/** The size that two sizes broadcast to; undefined where only running tells. */
export function broadcastSize(a: Dimension, b: Dimension): Dimension | undefined {
  if (a === b || b === 1) return a;
  if (a === 1) return b;
  if (typeof a === 'number') return typeof b === 'number' ? undefined : a;
  return typeof b === 'number' ? b : undefined;
}

/** a · b, by name where one is symbolic. */
export function product(a: Dimension, b: Dimension): Dimension {
  if (typeof a === 'number' && typeof b === 'number') return a * b;
  if (a === 0 || b === 0) return 0;
  if (a === 1) return b;
  if (b === 1) return a;
  return `${a}*${b}`;
}

export const sizeProduct = (sizes: readonly Dimension[]): Dimension => sizes.reduce<Dimension>(product, 1);
