import { type Attribute, type Dimension, floatTensor, type Graph, type Tensor, type Value } from './graph.js';
import { isIdentity, permute } from './layout.js';

/**
 * What one call of a layer, or one node of a graph model, adds to the graph: nodes named `NAME/Op`, constants named
 * `NAME/label`.
 */
export class Scope {
  constructor(
    readonly name: string,
    /** How errors name it: `layer "conv2d_1" (Conv2D)`, `node "add" (AddV2)`. */
    readonly subject: string,
    readonly graph: Graph,
    readonly constants: Map<string, Value>,
  ) {}

  /** A constant of this layer or node; calls of a shared layer use one copy. */
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

  /** Appends a node and returns its output. Without a shape the operator's rule gives it (infer/). */
  add(
    op: string,
    inputs: Value[],
    shape?: readonly Dimension[],
    attributes: Readonly<Record<string, Attribute>> = {},
  ): Value {
    return this.graph.add(op, `${this.name}/${op}`, inputs, shape, attributes);
  }

  /** A node with several outputs, one of each shape, or as the operator's rule gives them. */
  addWithOutputs(
    op: string,
    inputs: Value[],
    shapes?: readonly (readonly Dimension[])[],
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
  axis(axis: number, rank: number): number {
    const counted = axis < 0 ? axis + rank : axis;
    if (!Number.isInteger(counted) || counted < 0 || counted >= rank)
      throw new RangeError(`${this.subject}: axis ${axis} is out of range (supported: ${-rank} to ${rank - 1})`);
    return counted;
  }

  refusal(what: string, supported: string): TypeError {
    return new TypeError(`${this.subject}: ${what} is not supported (supported: ${supported})`);
  }
}
