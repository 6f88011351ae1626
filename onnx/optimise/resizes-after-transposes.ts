import { numbersOf } from '../element-types.js';
import { floatTensor, type Graph, type Node } from '../graph.js';

/**
 * Transpose → Resize (linear, both axes of an image)  ⇒  Transpose → Resize of the rows → Resize of the columns, where the
 * transposition takes rows and columns apart.
 *
 * onnxruntime moves the Transpose behind the Resize, whose two axes are then no neighbours, and refuses its own graph
 * ("'Linear' mode only supports…", 1.30). Of one axis each it takes them wherever they come to lie. Linear interpolation
 * over both axes is that over one after the other.
 */
export function splitResizesAfterTransposes(graph: Graph): boolean {
  const producers = graph.producers();
  for (const [position, node] of graph.nodes.entries()) {
    const [x, roi, scales] = node.inputs;
    if (node.op !== 'Resize' || node.attributes.mode !== 'linear' || !scales?.constant) continue;
    const before = producers.get(x);
    const factors = numbersOf(scales.constant);
    if (before?.op !== 'Transpose' || factors.length !== 4 || factors[2] === 1 || factors[3] === 1) continue;
    const [, , rows, columns] = before.attributes.perm as readonly number[];
    if (Math.abs(rows - columns) === 1) continue;
    const scalesOf = (axis: number) =>
      graph.constant(
        `${node.name}/scales`,
        floatTensor(
          [4],
          factors.map((factor, i) => (i === axis ? factor : 1)),
        ),
      );
    const shape = x.shape.with(2, node.output.shape[2]);
    const first = graph.createNode('Resize', node.name, [x, roi, scalesOf(2)], shape, node.attributes);
    const second: Node = { ...node, inputs: [first.output, roi, scalesOf(3)] };
    graph.nodes.splice(position, 1, first, second);
    return true;
  }
  return false;
}
