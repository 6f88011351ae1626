import type { Graph, Tensor, Value } from '../graph.js';
import type { LayerConfig } from '../parse/config.js';
import { Scope } from '../scope.js';

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

/** What a converter sees of one call: the layer's configuration and weights, the call's inputs, and the graph to add to. */
export class LayerScope extends Scope {
  constructor(
    name: string,
    readonly config: LayerConfig,
    readonly inputs: readonly Value[],
    graph: Graph,
    readonly weights: ReadonlyMap<string, Tensor>,
    constants: Map<string, Value>,
    readonly wrapped?: WrappedLayer,
  ) {
    super(name, config.layer, graph, constants);
  }

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

  /** An axis counted from the front, by default of the input's. */
  override axis(axis: number, rank = this.rank): number {
    return super.axis(axis, rank);
  }
}

const withoutCell = (weight: string): string => weight.replace(/\/(lstm|gru|simple_rnn)_cell[^/]*\/(?=[^/]+$)/, '/');
