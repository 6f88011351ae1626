import type { Graph } from '../graph.js';
import { type Ranges, toCalibratedInt8 } from './calibrated.js';
import { toDynamicInt8 } from './dynamic.js';
import { toFloat16 } from './float16.js';

export type { Ranges } from './calibrated.js';
export { withEveryValue } from './every-value.js';

export const precisions = ['fp32', 'fp16', 'int8'] as const;

/** How a file computes: float32; float16; or products of bytes. Inputs and outputs are float32 in each. */
export type Precision = (typeof precisions)[number];

/**
 * Rewrites a float32 graph into another precision.
 *
 * @param ranges of values, for int8: then they are fixed in the file, else found anew in each run
 * @throws RangeError for an unknown precision, and where ranges are given that do not fit
 */
export function toPrecision(graph: Graph, precision: Precision, ranges?: Ranges): void {
  if (!precisions.includes(precision))
    throw new RangeError(
      `precision ${JSON.stringify(precision)} is not supported (supported: ${precisions.join(', ')})`,
    );
  if (ranges && precision !== 'int8') throw new TypeError(`ranges are for precision int8, not for ${precision}`);
  if (precision === 'fp16') toFloat16(graph);
  if (precision === 'int8') ranges ? toCalibratedInt8(graph, ranges) : toDynamicInt8(graph);
}
