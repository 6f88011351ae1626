import fc from 'fast-check';
import seedrandom from 'seedrandom';
import { opConverters } from '../../../onnx/operations/index.js';
import { GraphBuilder } from './graph-builder.js';
import { rules } from './graph-rules.js';
import { movementRules } from './movement-rules.js';

/** What a random graph is made from; fast-check leaves steps out until the failure needs all that are left. */
export interface Recipe {
  readonly batch: number;
  readonly ranks: readonly number[];
  readonly steps: readonly { readonly rule: number; readonly value: number; readonly seed: number }[];
}

export const recipes: fc.Arbitrary<Recipe> = fc.record({
  batch: fc.constantFrom(1, 3),
  ranks: fc.array(fc.integer({ min: 1, max: 3 }), { minLength: 1, maxLength: 3 }),
  steps: fc.array(fc.record({ rule: fc.nat(9999), value: fc.nat(999), seed: fc.nat(9999) }), {
    minLength: 1,
    maxLength: 14,
  }),
});

const usable = [...rules, ...movementRules].filter(({ op }) => op in opConverters);

/** A graph model, valid by construction: every step goes on from a value that is there by a rule that fits it. */
export function graphOf({ batch, ranks, steps }: Recipe): GraphBuilder {
  const graph = new GraphBuilder(batch);
  for (const [i, rank] of ranks.entries())
    graph.input((['float32', 'int32', 'bool'] as const)[i], [null, 4, 3].slice(0, rank));
  for (const { rule, value, seed } of steps) {
    const x = graph.values[value % graph.values.length];
    const fitting = usable.filter((each) => each.fits(x));
    fitting[rule % fitting.length].grow(graph, x, seedrandom.alea(`${seed}`));
  }
  if (graph.ends.length === 0) graph.node('Identity', [graph.values[0]], graph.values[0]);
  return graph;
}
