import type { GraphFunction, GraphNode } from './graph-model.js';

/** The nodes that a function's outputs need, each after those that it reads. @throws SyntaxError for a circle */
export function inOrder({ nodes, inputs, outputs }: GraphFunction): GraphNode[] {
  const given = new Set(inputs.map(({ node }) => node));
  const order: GraphNode[] = [];
  const state = new Map<string, 'open' | 'done'>();
  const stack = outputs.map(({ node }) => node).reverse();
  while (stack.length > 0) {
    const name = stack.at(-1)!;
    if (state.get(name) === 'done') {
      stack.pop();
      continue;
    }
    const node = nodes.get(name)!;
    const missing = given.has(name)
      ? []
      : node.inputs.map((input) => input.node).filter((other) => state.get(other) !== 'done');
    if (missing.length === 0) {
      stack.pop();
      state.set(name, 'done');
      order.push(node);
      continue;
    }
    if (state.get(name) === 'open' && missing.some((other) => state.get(other) === 'open'))
      throw new SyntaxError(`nodes read one another in a circle: ${circle(nodes, state, name).join(' → ')}`);
    state.set(name, 'open');
    stack.push(...missing.reverse());
  }
  return order;
}

/** A circle of open nodes that begins with one of them, for the message. */
function circle(nodes: ReadonlyMap<string, GraphNode>, state: ReadonlyMap<string, string>, from: string): string[] {
  const path = [from];
  for (;;) {
    const next = nodes.get(path.at(-1)!)!.inputs.find(({ node }) => state.get(node) === 'open')!.node;
    const seen = path.indexOf(next);
    path.push(next);
    if (seen >= 0) return path.slice(seen);
  }
}
