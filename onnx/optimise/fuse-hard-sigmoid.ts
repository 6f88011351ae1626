import { type Attribute, float, type Graph, type Node, type Value } from '../graph.js';
import { elementCount } from '../layout.js';

/**
 * min(max(x + b, 0), h) · c with h · c = 1  ⇒  HardSigmoid(x) = max(0, min(1, c · x + b · c)), as Keras writes it out; the
 * sum may be in what gives x already. So too where TensorFlow has moved the factor: (y · c) · min(max(x + b, 0), h)  ⇒
 * y · HardSigmoid(x).
 */
export function fuseHardSigmoid(graph: Graph): boolean {
  const producers = graph.producers();
  const consumers = graph.consumers();
  const alone = (value: Value): boolean => consumers.get(value)?.length === 1 && !graph.outputs.includes(value);
  for (const node of graph.nodes) {
    const scaled = withScalar(node, 'Mul');
    if (scaled) {
      const gate = gateOf(scaled.x, scaled.scalar);
      if (!gate) continue;
      graph.nodes[graph.nodes.indexOf(node)] = { ...node, op: 'HardSigmoid', ...gate };
      return true;
    }
    if (node.op !== 'Mul') continue;
    for (const [at, input] of node.inputs.entries()) {
      const factor = alone(input) ? withScalar(producers.get(input), 'Mul') : undefined;
      const clipped = node.inputs[1 - at];
      const gate = factor && gateOf(clipped, factor.scalar);
      if (!gate) continue;
      const clip = graph.nodes.indexOf(producers.get(clipped)!);
      graph.nodes[clip] = { ...graph.nodes[clip], op: 'HardSigmoid', ...gate };
      node.inputs = [factor.x, clipped];
      return true;
    }
  }
  return false;

  /** What HardSigmoid reads in place of a Clip that is scaled to 1 and not read elsewhere. */
  function gateOf(
    clipped: Value,
    scale: number,
  ): { inputs: Value[]; attributes: Record<string, Attribute> } | undefined {
    const clip = producers.get(clipped);
    if (clip?.op !== 'Clip' || !alone(clipped)) return undefined;
    const [low, high] = clip.inputs.slice(1).map(scalarOf);
    if (low !== 0 || high === undefined || Math.abs(high * scale - 1) > 1e-6) return undefined;
    const [before] = clip.inputs;
    const added = alone(before) ? withScalar(producers.get(before), 'Add') : undefined;
    const { x, scalar } = added ?? { x: before, scalar: 0 };
    return { inputs: [x], attributes: { alpha: float(scale), beta: float(scalar * scale) } };
  }
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
