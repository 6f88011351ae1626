import { type Attribute, type Dimension, type Graph, intTensor, type Tensor, type Value } from '../graph.js';

/** What the names of all nodes and constants of a front end begin with; whoever makes a file of half precision leaves them as they are. */
export const frontEndPrefix = 'front_end/';

/** Adds the nodes of one stage of a front end, named `front_end/stage/Op`. Only the batch, axis 0, may be unknown where a shape is given. */
export class StageNodes {
  constructor(
    readonly graph: Graph,
    readonly stage: string,
  ) {}

  add(
    op: string,
    inputs: Value[],
    shape: readonly Dimension[],
    attributes: Readonly<Record<string, Attribute>> = {},
  ): Value {
    return this.graph.add(op, `${frontEndPrefix}${this.stage}/${op}`, inputs, shape, attributes);
  }

  constant(label: string, tensor: Tensor): Value {
    return this.graph.constant(`${frontEndPrefix}${this.stage}/${label}`, tensor);
  }

  integers(label: string, values: readonly number[]): Value {
    return this.constant(label, intTensor(values));
  }

  /** A size that the file cannot know. */
  unknownSize(label: string): string {
    return this.graph.uniqueName(`${frontEndPrefix}${this.stage}/${label}`);
  }

  /** x[start … end − 1] along one axis; from the end where below 0, cut off at what is there. */
  slice(x: Value, axis: number, start: number, end: number, size: Dimension): Value {
    const bounds = [this.integers('starts', [start]), this.integers('ends', [end]), this.integers('axes', [axis])];
    return this.add('Slice', [x, ...bounds], x.shape.with(axis, size));
  }

  /** Zeros behind the last axis, or the mirror image before and behind it. */
  pad(x: Value, before: number, after: number, size: Dimension, mode: 'constant' | 'reflect' = 'constant'): Value {
    const none = new Array<number>(x.shape.length - 1).fill(0);
    const pads = this.integers('pads', [...none, before, ...none, after]);
    return this.add('Pad', [x, pads], x.shape.with(-1, size), { mode });
  }

  /** Another shape of the same elements, the batch left as it is. */
  reshape(x: Value, sizes: readonly number[]): Value {
    return this.add('Reshape', [x, this.integers('shape', [0, ...sizes])], [x.shape[0], ...sizes]);
  }
}
