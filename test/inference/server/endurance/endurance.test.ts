import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type Serving, serveTiny } from '../serve.js';
import { fuzz } from './fuzz.js';
import { growth } from './memory.js';
import { soak } from './soak.js';

// A twentieth of what `npm run fuzz:server` and `npm run soak` do.
const FUZZ_COUNT = 500;
const SOAK_SECONDS = 30;

let serving: Serving;
beforeAll(async () => {
  serving = await serveTiny({ logLevel: 'error' });
});
afterAll(() => serving.stop());

test('mutated uploads are each answered, and the server goes on', async () => {
  const { uploads, byStatus } = await fuzz(serving, FUZZ_COUNT, 'test');
  expect(Object.values(byStatus).reduce((sum, count) => sum + count)).toBe(uploads);
  expect(byStatus[422]).toBeGreaterThan(uploads / 2);
  expect(serving.log()).toBe('');
}, 300_000);

test('under full load nothing is lost, every answer is right, and memory is level', async () => {
  const { requests, lost, memory } = await soak(serving, SOAK_SECONDS);
  expect(requests).toBeGreaterThan(50);
  expect(lost).toBe(0);
  expect(growth(memory)).toBeLessThan(1.5);
}, 300_000);
