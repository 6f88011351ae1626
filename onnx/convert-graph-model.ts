import { Graph, type Tensor, type Value } from './graph.js';
import { isComplex, takesComplex } from './operations/complex.js';
import { opConverterOf, refusalOf } from './operations/index.js';
import { type Lender, OpScope } from './operations/op-scope.js';
import { table } from './operations/table.generated.js';
import type { GraphFunction, GraphInput, GraphModel, GraphNode } from './parse/graph-model.js';

/** Shapes of inputs by name, for those that the model leaves open. */
export type InputShapes = Readonly<Record<string, readonly (number | string)[]>>;

/**
 * TensorFlow graph → ONNX graph, by the converter of each node's operation, in the order in which outputs need them.
 *
 * @throws TypeError that names the first node whose operation cannot be exported and why, RangeError for an input of
 *   unknown rank and where shapes do not fit, SyntaxError for nodes that read one another in a circle
 */
export function convertGraphModel(
  model: GraphModel,
  weights: ReadonlyMap<string, Tensor>,
  shapes: InputShapes = {},
): Graph {
  const graph = new Graph();
  const inputs = model.graph.inputs.map((input) =>
    graph.input(input.name, input.type ?? 'float32', shapeOf(input, shapes)),
  );
  graph.outputs = new Conversion(model, weights).nodesOf(model.graph, graph, inputs, '');
  const complex = graph.outputs.findIndex(isComplex);
  if (complex >= 0)
    throw new TypeError(
      `output "${model.graph.outputs[complex].name}" is complex, which onnxruntime has no operators for: give its Real and Imag instead`,
    );
  return graph;
}

function shapeOf({ name, shape }: GraphInput, shapes: InputShapes): readonly (number | string)[] {
  const found = Object.hasOwn(shapes, name) ? shapes[name] : shape;
  if (!found) throw new RangeError(`input "${name}" has an unknown number of axes: give its shape (inputShapes)`);
  return found;
}

class Conversion implements Lender {
  readonly constants = new Map<string, Value>();
  readonly #calling: string[] = [];

  constructor(
    readonly model: GraphModel,
    readonly weights: ReadonlyMap<string, Tensor>,
  ) {}

  /** The nodes that a function's outputs need, over these inputs, added to `graph`; what it returns. */
  nodesOf(body: GraphFunction, graph: Graph, inputs: readonly Value[], prefix: string): Value[] {
    const known = new Map<string, Value[]>(body.inputs.map(({ node }, i) => [node, [inputs[i]]]));
    for (const node of inOrder(body))
      if (!known.has(node.name)) {
        const values = node.inputs.map((input) => valueAt(known, input.node, input.index, node));
        known.set(node.name, this.#convert(node, values, graph, prefix));
      }
    return body.outputs.map(({ node, index }) => valueAt(known, node, index, { name: body.name, op: 'output' }));
  }

  #convert(node: GraphNode, inputs: readonly Value[], graph: Graph, prefix: string): Value[] {
    const converter = opConverterOf(node.op);
    if (!converter || !Object.hasOwn(table, node.op)) {
      const reason = refusalOf(node.op) ?? 'TensorFlow.js has no such operation; supported: see onnx/SUPPORTED.md';
      throw new TypeError(`node "${node.name}" (${node.op}): cannot be exported: ${reason}`);
    }
    if (inputs.some(isComplex) && !takesComplex.has(node.op))
      throw new TypeError(
        `node "${node.name}" (${node.op}): complex numbers are not supported here (supported: ${[...takesComplex].join(', ')})`,
      );
    return [converter(new OpScope(node, table[node.op], inputs, graph, this, prefix))].flat();
  }

  callFunction(name: string, graph: Graph, inputs: readonly Value[], caller: string): Value[] {
    const body = this.model.functions.get(name);
    if (!body)
      throw new SyntaxError(`node "${caller}" calls a function "${name}" that the graph's library does not hold`);
    if (this.#calling.includes(name)) throw new TypeError(`function "${name}" calls itself: ONNX has no recursion`);
    this.#calling.push(name);
    const outputs = this.nodesOf(body, graph, inputs, `${caller}/`);
    this.#calling.pop();
    return outputs;
  }

  weight({ name }: GraphNode): Value {
    const known = this.constants.get(name);
    if (known) return known;
    const tensor = this.weights.get(name);
    if (!tensor) throw new RangeError(`node "${name}" (Const): its weight is missing`);
    const value: Value = { name, type: tensor.type, shape: tensor.shape, constant: tensor };
    this.constants.set(name, value);
    return value;
  }
}

function valueAt(
  known: ReadonlyMap<string, Value[]>,
  node: string,
  index: number,
  reader: { name: string; op: string },
): Value {
  const value = known.get(node)?.[index];
  if (!value)
    throw new SyntaxError(
      `node "${reader.name}" (${reader.op}) reads output ${index} of "${node}", which has none such`,
    );
  return value;
}

/** The nodes that a function's outputs need, each after those that it reads. @throws SyntaxError for a circle */
function inOrder({ nodes, inputs, outputs }: GraphFunction): GraphNode[] {
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
