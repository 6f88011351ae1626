import type { Graph, Node } from '../graph.js';

/** Operators that change nothing where their output has the shape of their input. */
const repeating: readonly string[] = ['Expand', 'Squeeze', 'Tile'];

/** What passes its input on as it is → nothing: Identity, Cast to its own type, Concat of one, Expand to its own shape. */
export function dropIdentities(graph: Graph): boolean {
  const idle = graph.nodes.filter(passesOn);
  for (const { inputs, output } of idle) graph.replaceUses(output, inputs[0]);
  graph.nodes = graph.nodes.filter((node) => !idle.includes(node));
  return idle.length > 0;
}

function passesOn({ op, inputs, output }: Node): boolean {
  const [x] = inputs;
  if (op === 'Identity') return true;
  if (op === 'Cast') return x.type === output.type;
  if (op === 'Concat') return inputs.length === 1;
  return repeating.includes(op) && String(x.shape) === String(output.shape);
}
