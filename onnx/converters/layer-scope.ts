import { type Attribute, type Dimension, floatTensor, type Graph, type Tensor, type Value } from '../graph.js';
import { isIdentity, permute } from '../layout.js';
import type { LayerConfig } from '../parse/config.js';

/** Turns one call of a layer into nodes and returns the value that is its output, or the values where it has several. */
export type LayerConverter = (layer: LayerScope) => Value | Value[];

/** The layer inside a wrapper (TimeDistributed, Bidirectional), which has the wrapper's name in the weights' names. */
export interface WrappedLayer {
  readonly className: string;
  readonly name: string;
  readonly config: LayerConfig;
  /** Its nodes over other inputs than the wrapper's, and its outputs. */
  convert(inputs: readonly Value[]): Value[];
}

/**
 * What a converter sees of one call: the layer's configuration and weights, the call's inputs, and the graph to add
 * to. Nodes are named `layer/Op`, constants `layer/weight`.
 */
export class LayerScope {
  constructor(
    readonly name: string,
    readonly config: LayerConfig,
    readonly inputs: readonly Value[],
    readonly graph: Graph,
    readonly weights: ReadonlyMap<string, Tensor>,
    readonly constants: Map<string, Value>,
    readonly wrapped?: WrappedLayer,
  ) {}

  /** This call as one of another layer, that a wrapper consists of. */
  as(name: string, config: LayerConfig, inputs: readonly Value[]): LayerScope {
    return new LayerScope(name, config, inputs, this.graph, this.weights, this.constants);
  }

  /** The input of a layer that has one. */
  get input(): Value {
    if (this.inputs.length !== 1) throw this.refusal(`${this.inputs.length} inputs`, 'one');
    return this.inputs[0];
  }

  get rank(): number {
    return this.input.shape.length;
  }

  /**
   * A weight in tfjs's layout, by the end of its name: `kernel` of layer `conv` is `conv/kernel`. Keras puts a
   * recurrent layer's cell between (`lstm/lstm_cell_1/kernel`).
   */
  weight(name: string): Tensor {
    const full = `${this.name}/${name}`;
    const exact = this.weights.get(full);
    if (exact) return exact;
    const nested = [...this.weights.keys()].filter((key) => `/${withoutCell(key)}`.endsWith(`/${full}`));
    if (nested.length !== 1) throw new RangeError(`${this.config.layer}: weight "${full}" is missing`);
    return this.weights.get(nested[0])!;
  }

  /** A constant of this layer; calls of a shared layer use one copy. */
  constant(label: string, make: () => Tensor): Value {
    const key = `${this.name}/${label}`;
    const known = this.constants.get(key);
    if (known) return known;
    const value = this.graph.constant(key, make());
    this.constants.set(key, value);
    return value;
  }

  scalar(label: string, value: number): Value {
    return this.constant(label, () => floatTensor([], [value]));
  }

  add(
    op: string,
    inputs: Value[],
    shape: readonly Dimension[],
    attributes: Readonly<Record<string, Attribute>> = {},
  ): Value {
    return this.graph.add(op, `${this.name}/${op}`, inputs, shape, attributes);
  }

  /** A node with several outputs, one of each shape. */
  addWithOutputs(
    op: string,
    inputs: Value[],
    shapes: readonly (readonly Dimension[])[],
    attributes: Readonly<Record<string, Attribute>> = {},
  ): Value[] {
    return this.graph.addWithOutputs(op, `${this.name}/${op}`, inputs, shapes, attributes);
  }

  transpose(value: Value, permutation: number[]): Value {
    if (isIdentity(permutation)) return value;
    return this.add('Transpose', [value], permute(value.shape, permutation), { perm: permutation });
  }

  /** A fresh symbolic size for what the file cannot know. */
  unknownSize(label: string): string {
    return this.graph.uniqueName(`${this.name}_${label}`);
  }

  /** An axis counted from the front; tfjs counts from the end below zero. */
  axis(axis: number, rank = this.rank): number {
    const counted = axis < 0 ? axis + rank : axis;
    if (!Number.isInteger(counted) || counted < 0 || counted >= rank)
      throw new RangeError(`${this.config.layer}: axis ${axis} is out of range (supported: ${-rank} to ${rank - 1})`);
    return counted;
  }

  refusal(what: string, supported: string): TypeError {
    return new TypeError(`${this.config.layer}: ${what} is not supported (supported: ${supported})`);
  }
}

const withoutCell = (weight: string): string => weight.replace(/\/(lstm|gru|simple_rnn)_cell[^/]*\/(?=[^/]+$)/, '/');
