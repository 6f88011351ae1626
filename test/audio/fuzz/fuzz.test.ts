import { expect, test } from '@jest/globals';
import { fuzzDecoder } from './fuzz-decoder.js';

/** A twentieth of `npm run fuzz:decoder`. */
test('5,000 mutated files of every format give sound or one line, in no more memory at the end than before', async () => {
  const { counts, wrong, megabytes } = await fuzzDecoder({ count: 5000, seed: 'ci' });
  expect(wrong).toEqual([]);
  expect(counts.size).toBe(13);
  for (const kinds of counts.values()) expect(kinds.refused).toBeGreaterThan(100); // mutations reach every format
  expect(megabytes).toHaveLength(20);
  expect(megabytes[19] - megabytes[9]).toBeLessThan(150);
}, 300_000);
