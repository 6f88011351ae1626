import { describe, test } from '@jest/globals';
import { expectGraph } from './expect-graph.js';
import { graphOf, interpreted, randomProgram } from './random-control-flow.js';

const seeds = Array.from({ length: 20 }, (_, i) => String(i));

describe('random programs of branches and loops', () => {
  test.each(seeds)('%s: functions and While, as in tfjs', async (seed) => {
    await expectGraph(graphOf(randomProgram(seed), 2, seed));
  });

  test.each(seeds)(
    '%s: frames and switches, as the program by itself, since tfjs loses frames in frames',
    async (seed) => {
      const program = randomProgram(seed);
      const graph = graphOf(program, 1, seed);
      await expectGraph({ ...graph, expected: graph.feeds.map((feeds) => interpreted(program, feeds)) });
    },
  );
});
