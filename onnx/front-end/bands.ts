import { floatTensor, type Graph, type Value } from '../graph.js';
import type { FrontEnd } from './front-end.js';
import { StageNodes } from './nodes.js';
import type { Power } from './power.js';

/** Power of each frame → normalised features (batch, chunks, bands, frames). */
export function bandsOf(graph: Graph, { values, bins }: Power, frontEnd: FrontEnd): Value {
  const { filters, cosines, mean, deviation } = frontEnd;
  const nodes = new StageNodes(graph, 'bands');
  const [batch, chunks, frames] = values.shape as [string, number, number];
  const sized = (size: number) => [batch, chunks, frames, size];

  const filterOf = (position: number) => filters.map((row) => row[bins[position] ?? row.length] ?? 0);
  const matrix = floatTensor(
    [bins.length, filters.length],
    bins.flatMap((_, position) => filterOf(position)),
  );
  let x = nodes.add('MatMul', [values, nodes.constant('filters', matrix)], sized(filters.length));
  x = nodes.add('Add', [x, nodes.constant('one', floatTensor([], [1]))], x.shape);
  x = nodes.add('Log', [x], x.shape);
  if (cosines) {
    const columns = filters.flatMap((_, band) => cosines.map((row) => row[band]));
    const transform = nodes.constant('cosines', floatTensor([filters.length, cosines.length], columns));
    x = nodes.add('MatMul', [x, transform], sized(cosines.length));
  }
  x = nodes.add('Sub', [x, nodes.constant('mean', floatTensor([mean.length], mean))], x.shape);
  x = nodes.add('Div', [x, nodes.constant('deviation', floatTensor([deviation.length], deviation))], x.shape);
  return nodes.add('Transpose', [x], [batch, chunks, mean.length, frames], { perm: [0, 1, 3, 2] });
}
