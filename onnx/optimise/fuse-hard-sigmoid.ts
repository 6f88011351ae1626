import { float, type Graph, type Node, type Value } from '../graph.js';
import { elementCount } from '../layout.js';

/**
 * min(max(x + b, 0), h) · c with h · c = 1  ⇒  HardSigmoid(x) = max(0, min(1, c · x + b · c)), as Keras writes it out; the
 * sum may be in what gives x already.
 */
export function fuseHardSigmoid(graph: Graph): boolean {
  const producers = graph.producers();
  const consumers = graph.consumers();
  const alone = (value: Value): boolean => consumers.get(value)?.length === 1 && !graph.outputs.includes(value);
  for (const [position, node] of graph.nodes.entries()) {
    const scaled = withScalar(node, 'Mul');
    if (!scaled) continue;
    const clip = producers.get(scaled.x);
    if (clip?.op !== 'Clip' || !alone(clip.output)) continue;
    const [low, high] = clip.inputs.slice(1).map(scalarOf);
    if (low !== 0 || high === undefined) continue;
    const [before] = clip.inputs;
    const added = alone(before) ? withScalar(producers.get(before), 'Add') : undefined;
    const shifted = added ?? { x: before, scalar: 0 };
    if (Math.abs(high * scaled.scalar - 1) > 1e-6) continue;
    graph.nodes[position] = {
      ...node,
      op: 'HardSigmoid',
      inputs: [shifted.x],
      attributes: { alpha: float(scaled.scalar), beta: float(shifted.scalar * scaled.scalar) },
    };
    return true;
  }
  return false;
}

/** The other input of an operator over one constant element, which may stand first or second. */
function withScalar(node: Node | undefined, op: 'Add' | 'Mul'): { x: Value; scalar: number } | undefined {
  if (node?.op !== op) return undefined;
  const at = node.inputs.findIndex((input) => scalarOf(input) !== undefined);
  const x = node.inputs[1 - at];
  return at < 0 || x.constant ? undefined : { x, scalar: scalarOf(node.inputs[at])! };
}

const scalarOf = ({ constant }: Value): number | undefined =>
  constant?.type === 'float32' && elementCount(constant.shape) === 1 ? (constant.data as Float32Array)[0] : undefined;
