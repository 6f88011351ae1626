import type { Serving } from '../serve.js';

/** Resident memory of the server's process after a collection, MB. */
export async function memoryOf(serving: Serving): Promise<number> {
  const { rss } = await serving.ask<NodeJS.MemoryUsage>('memory');
  return rss / 1e6;
}

/**
 * How memory went: the median of the last third of the samples over that of the middle one. A leak goes on growing, a
 * warm-up (caches, pools of WebAssembly memory) ends.
 */
export function growth(megabytes: readonly number[]): number {
  const third = Math.floor(megabytes.length / 3);
  const median = (values: readonly number[]) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];
  return median(megabytes.slice(-third)) / median(megabytes.slice(third, 2 * third));
}
