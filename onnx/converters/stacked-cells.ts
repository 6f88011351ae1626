import type { Value } from '../graph.js';
import type { LayerConverter } from './layer-scope.js';
import { leavesOf } from './recurrent-leaves.js';
import { project } from './recurrent-unrolled.js';

/**
 * StackedRNNCells as a layer by themselves: one step, [x, …states] → [h, …states], the topmost cell's states first on
 * both sides.
 */
export const convertStackedRnnCells: LayerConverter = (layer) => {
  const leaves = leavesOf(layer, 'StackedRNNCells');
  const counts: readonly number[] = leaves.map((leaf) => leaf.cell.states);
  const needed = counts.reduce((sum, count) => sum + count, 0);
  const [x, ...given] = layer.inputs;
  if (given.length !== needed) throw layer.refusal(`${layer.inputs.length} inputs`, `${1 + needed}: x and the states`);
  let output = x;
  const states: Value[] = [];
  for (const [i, leaf] of leaves.entries()) {
    if (leaf.config.boolean('reset_after', false)) throw layer.refusal('reset_after', 'reset_after false, as in tfjs');
    const above = counts.slice(i + 1).reduce((sum, count) => sum + count, 0);
    const scope = layer.as(leaf.name, leaf.config, [output]);
    const z = project(scope, leaf.cell.gates.length, output);
    const next = leaf.cell.step(scope, z, given.slice(above, above + counts[i]));
    output = next[0];
    states.unshift(...next);
  }
  return [output, ...states];
};
