import type { Dimension, Graph, Tensor, Value } from '../graph.js';
import type { LayerConfig } from '../parse/config.js';
import { Scope } from '../scope.js';

/** Turns one call of a layer into nodes and returns the value that is its output, or the values where it has several. */
export type LayerConverter = (layer: LayerScope) => Value | Value[];

/** Which elements count, of the shape of what is masked without its last axis; or why that cannot be said. */
export type Mask = { readonly value: Value } | { readonly lost: string };

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
    /** What tfjs calls the layer with. */
    readonly mask?: Mask,
  ) {
    super(name, config.layer, graph, constants);
  }

  /** This call as one of another layer, that a wrapper consists of. */
  as(name: string, config: LayerConfig, inputs: readonly Value[]): LayerScope {
    return new LayerScope(name, config, inputs, this.graph, this.weights, this.constants, undefined, this.mask);
  }

  /** The input of a layer that has one. */
  get input(): Value {
    if (this.inputs.length !== 1) throw this.refusal(`${this.inputs.length} inputs`, 'one');
    return this.inputs[0];
  }

  /**
   * The mask, for a layer that reads it, as a value of these sizes: true where an element counts.
   *
   * @throws TypeError where it has other sizes, or is lost
   */
  maskOver(sizes: readonly Dimension[]): Value | undefined {
    const { mask } = this;
    if (!mask) return undefined;
    if ('lost' in mask)
      throw this.refusal(`a mask (${mask.lost})`, 'masks of Masking and Embedding on their way to it');
    if (String(mask.value.shape) !== String(sizes))
      throw this.refusal(`a mask over (${mask.value.shape.join(', ')})`, `one over (${sizes.join(', ')})`);
    return mask.value;
  }

  get rank(): number {
    return this.input.shape.length;
  }

  /**
   * A weight in tfjs's layout, by the end of its name: `kernel` of layer `conv` is `conv/kernel`. Keras puts a
   * recurrent layer's cell between (`lstm/lstm_cell_1/kernel`).
   *
   * @param shape what it must have
   * @throws RangeError where it is missing, or has another shape
   */
  weight(name: string, shape?: readonly number[]): Tensor {
    const found = this.#find(name);
    const label = `weight "${this.name}/${name}"`;
    if (found.type !== 'float32') throw this.refusal(`${label} of type ${found.type}`, 'float32');
    if (shape && String(shape) !== String(found.shape))
      throw new RangeError(
        `${this.subject}: ${label} is [${found.shape}], inputs and configuration ask for [${shape}]`,
      );
    return found;
  }

  #find(name: string): Tensor {
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
