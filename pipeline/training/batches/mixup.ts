import { shuffler } from 'd3-array';
import { randomBeta } from 'd3-random';
import seedrandom from 'seedrandom';
import type { BatchOptions } from './batch-source.js';
import type { Position } from './make-batch.js';

/** What a batch is mixed with: itself in another order. */
export interface Mixing {
  /** Share of each example that stays, 0…1. */
  lambda: number;
  /** The row that each row is mixed with. */
  partners: readonly number[];
}

/**
 * Draws the mixing of a batch, or that it is left as it is: mixup of Zhang et al. 2018, with one λ ~ Beta(α, α) for the
 * whole batch and partners from the batch itself, as in their own code.
 */
export function drawMixing(
  examples: number,
  { epoch, step }: Position,
  { seed, mixup = 0, mixupShare = 1 }: Pick<BatchOptions, 'seed' | 'mixup' | 'mixupShare'>,
): Mixing | undefined {
  if (mixup === 0) return undefined;
  const random = seedrandom.alea(`mixup/${seed}/${epoch}/${step}`);
  if (random() >= mixupShare) return undefined;
  const lambda = randomBeta.source(random)(mixup, mixup)();
  return { lambda, partners: shuffler(random)(Array.from({ length: examples }, (_, row) => row)) };
}

/** λ · row + (1 − λ) · the partner's row, as a new array: of features, and of targets alike. */
export function mixRows(rows: Float32Array, { lambda, partners }: Mixing): Float32Array {
  const size = rows.length / partners.length;
  const mixed = new Float32Array(rows.length);
  for (const [row, partner] of partners.entries()) {
    const at = row * size;
    const other = partner * size;
    for (let i = 0; i < size; i++) mixed[at + i] = lambda * rows[at + i] + (1 - lambda) * rows[other + i];
  }
  return mixed;
}
