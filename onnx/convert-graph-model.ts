import { Graph, type Tensor, type Value } from './graph.js';
import { isComplex, takesComplex } from './operations/complex.js';
import type { Table } from './operations/hash-table.js';
import { opConverterOf, refusalOf } from './operations/index.js';
import { type Lender, OpScope } from './operations/op-scope.js';
import { table } from './operations/table.generated.js';
import { structured } from './parse/control-flow-v1.js';
import type { GraphFunction, GraphInput, GraphModel, GraphNode } from './parse/graph-model.js';
import { inOrder } from './parse/in-order.js';

/** Shapes of inputs by name, for those that the model leaves open. */
export type InputShapes = Readonly<Record<string, readonly (number | string)[]>>;

/**
 * TensorFlow graph → ONNX graph, by the converter of each node's operation, in the order in which outputs need them.
 *
 * @throws TypeError that names the first node whose operation cannot be exported and why, RangeError for an input of
 *   unknown rank and where shapes do not fit, SyntaxError for nodes that read one another in a circle
 */
export function convertGraphModel(
  saved: GraphModel,
  weights: ReadonlyMap<string, Tensor>,
  shapes: InputShapes = {},
): Graph {
  const model = structured(saved);
  const graph = new Graph();
  const inputs = model.graph.inputs.map((input) =>
    graph.input(input.name, input.type ?? 'float32', shapeOf(input, shapes)),
  );
  const conversion = new Conversion(model, weights);
  if (model.initializer) conversion.nodesOf(model.initializer, new Graph(), [], '');
  graph.outputs = conversion.nodesOf(model.graph, graph, inputs, '');
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
  readonly tables = new Map<string, Table>();
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
