import { describe, test } from '@jest/globals';
import { expectGraph } from './graph-case.js';
import { graphOf, interpreted, randomProgram } from './random-control-flow.js';

const seeds = Array.from({ length: 20 }, (_, i) => String(i));

/** Functions and While (2), frames and switches (1); the reference runs the program by itself, as tfjs loses frames in frames. */
describe('random programs of branches and loops', () => {
  test.each([1, 2] as const)('version %i', async (version) => {
    for (const seed of seeds) {
      const program = randomProgram(seed);
      const graph = graphOf(program, version, seed);
      await expectGraph({ ...graph, expected: graph.feeds.map((feeds) => interpreted(program, feeds)) });
    }
  });
});
