import { type Graph, type Node, outputsOf, subgraphsOf, type Value } from '../graph.js';

/** Operators that give something else each time. */
const random: readonly string[] = [
  ...['Bernoulli', 'Multinomial', 'RandomNormal', 'RandomNormalLike', 'RandomUniform', 'RandomUniformLike'],
];

/** Larger constants are the same only where they are one. */
const most = 64;

/** Nodes that compute the same from the same → the first of them. */
export function shareCommon(graph: Graph): boolean {
  const numbers = new Map<Value, number>();
  const seen = new Map<string, Node>();
  let found = false;
  for (const node of graph.nodes) {
    if (random.includes(node.op) || subgraphsOf(node).length > 0 || node.inputs.length === 0) continue;
    const key = keyOf(node, numbers);
    const first = seen.get(key);
    if (!first) {
      seen.set(key, node);
      continue;
    }
    const shared = outputsOf(first);
    for (const [i, output] of outputsOf(node).entries()) graph.replaceUses(output, shared[i]);
    found = true;
  }
  return found;
}

function keyOf({ op, domain, inputs, attributes, more }: Node, numbers: Map<Value, number>): string {
  const settings = Object.entries(attributes).sort(([a], [b]) => (a < b ? -1 : 1));
  return JSON.stringify([op, domain, more?.length, inputs.map((input) => identity(input, numbers)), settings], plain);
}

function identity(value: Value, numbers: Map<Value, number>): unknown {
  const { constant } = value;
  if (constant && constant.data.length <= most) return [constant.type, constant.shape, ...constant.data].map(String);
  if (!numbers.has(value)) numbers.set(value, numbers.size);
  return numbers.get(value);
}

/** Whole numbers of int64 and arrays of numbers as JSON has them. */
function plain(_key: string, value: unknown): unknown {
  if (typeof value === 'bigint') return `${value}n`;
  if (typeof value === 'number' && !Number.isFinite(value)) return String(value);
  return ArrayBuffer.isView(value) ? Array.from(value as Float32Array) : value;
}
