import type { Dimension, Graph, Value } from '../graph.js';
import { bandsOf } from './bands.js';
import { cutChunks } from './chunks.js';
import { cutFrames } from './frames.js';
import { assertFrontEnd, type FrontEnd, shapeOf } from './front-end.js';
import { StageNodes } from './nodes.js';
import { powerOf } from './power.js';

export type { FrontEnd } from './front-end.js';
export { frontEndPrefix } from './nodes.js';

/**
 * Puts a front end before a model's only input: the file then takes samples (batch, samples), mono, at the model's rate,
 * clips of any length but of one in a batch. All of it stays float32: power overflows half precision.
 *
 * @param name of the new input
 * @throws RangeError where the front end makes no sense, or gives another shape than the model takes: (batch, chunks,
 *   bands, frames), axes of size 1 left out or added wherever
 */
export function prependFrontEnd(graph: Graph, frontEnd: FrontEnd, name: string): void {
  assertFrontEnd(frontEnd);
  const [features, ...others] = graph.inputs;
  if (!features || others.length > 0)
    throw new RangeError(`a front end is given for ${graph.inputs.length} inputs (supported: 1)`);
  const sizes = sizesOf(features, shapeOf(frontEnd));
  const after = graph.nodes;
  graph.nodes = [];
  graph.inputs.length = 0;
  const samples = graph.input(name, 'float32', [features.shape[0], 'samples']);
  const chunks = cutChunks(graph, samples, frontEnd);
  const frames = cutFrames(graph, chunks, frontEnd);
  const bands = bandsOf(graph, powerOf(graph, frames, frontEnd), frontEnd);
  const given = new StageNodes(graph, 'features').reshape(bands, sizes);
  graph.nodes.push(...after);
  graph.replaceUses(features, given);
}

/** The sizes of the model's input behind the batch. */
function sizesOf({ name, type, shape }: Value, given: readonly number[]): number[] {
  const [, ...sizes] = shape;
  const withoutOnes = (list: readonly Dimension[]) => String(list.filter((size) => size !== 1));
  if (type !== 'float32' || withoutOnes(sizes) !== withoutOnes(given))
    throw new RangeError(
      `the front end gives ${given.join(' × ')} (chunks × bands × frames), the model's input "${name}" is ${sizes.join(' × ')} of ${type}`,
    );
  return sizes as number[];
}
