import type { PRNG } from 'seedrandom';
import type { ModelArtifacts } from '../../../onnx/index.js';
import { type DataType, type Feeds, node, tfTypes } from '../operations/op-case.js';

/** A size: known, or null for the batch, which is open when the file is written. */
export type Size = number | null;

/** A value of a random graph, and what is known of its numbers. */
export interface Known {
  readonly type: Exclude<DataType, 'string'>;
  readonly shape: readonly Size[];
  /** No number is below or above. */
  readonly low: number;
  readonly high: number;
  /** The same bits in every runtime: inputs, what is moved, whole numbers. Only on them may jumps (⌊x⌋, x > y) be built. */
  readonly exact: boolean;
}

export interface Named extends Known {
  readonly name: string;
}

/** A graph that grows node by node, each fitting what is there. */
export class GraphBuilder {
  readonly values: Named[] = [];
  readonly #nodes: object[] = [];
  readonly #weights: { name: string; shape: number[]; type: Known['type']; values: number[] }[] = [];
  readonly #inputs: Named[] = [];
  readonly #read = new Set<string>();

  constructor(readonly batch: number) {}

  input(type: Known['type'], shape: readonly Size[]): void {
    const range = type === 'bool' ? [0, 1] : [-3, 3];
    const known = { type, shape, low: range[0], high: range[1], exact: true, name: `in${this.#inputs.length}` };
    this.#inputs.push(known);
    this.values.push(known);
    const attributes = { dtype: { type: tfTypes[type] }, shape: { shape: { dim: dims(shape) } } };
    this.#nodes.push(node(known.name, 'Placeholder', [], attributes));
  }

  weight(type: Known['type'], shape: readonly number[], values: readonly number[]): Named {
    const name = `w${this.#weights.length}`;
    this.#weights.push({ name, shape: [...shape], type, values: [...values] });
    this.#nodes.push(node(name, 'Const', [], { dtype: { type: tfTypes[type] } }));
    return { name, type, shape, low: Math.min(...values, 0), high: Math.max(...values, 0), exact: true };
  }

  /** A weight of random numbers between two; whole ones for int32. */
  drawn(random: PRNG, type: Known['type'], shape: readonly number[], low = -2, high = 2): Named {
    const values = Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => {
      if (type === 'bool') return random() < 0.5 ? 0 : 1;
      const number = low + random() * (high - low);
      return type === 'int32' ? Math.round(number) : Math.fround(number);
    });
    return this.weight(type, shape, values);
  }

  ints(...values: readonly number[]): Named {
    return this.weight('int32', [values.length], values);
  }

  scalar(type: Known['type'], value: number): Named {
    return this.weight(type, [], [value]);
  }

  node(op: string, inputs: readonly Named[], known: Known, attributes: Readonly<Record<string, object>> = {}): Named {
    const value = { ...known, name: `${op}_${this.#nodes.length}`.replace(/^_/, '') };
    for (const { name } of inputs) this.#read.add(name);
    this.#nodes.push(
      node(
        value.name,
        op,
        inputs.map(({ name }) => name),
        attributes,
      ),
    );
    this.values.push(value);
    return value;
  }

  /** What nothing reads. */
  get ends(): Named[] {
    const ends = this.values.filter(({ name }) => !this.#read.has(name));
    return ends.filter((value) => !this.#inputs.includes(value));
  }

  get artifacts(): ModelArtifacts {
    const entry = ({ name, type, shape }: Named) => [
      name,
      { name: `${name}:0`, dtype: tfTypes[type], tensorShape: { dim: dims(shape) } },
    ];
    return {
      modelTopology: { node: this.#nodes, versions: { producer: 1 } },
      signature: {
        inputs: Object.fromEntries(this.#inputs.map(entry)),
        outputs: Object.fromEntries(this.ends.map(({ name }) => [`out_${name}`, { name: `${name}:0` }])),
      },
      weightSpecs: this.#weights.map(({ name, shape, type }) => ({ name, shape, dtype: type })),
      weightData: this.#weights.map(({ type, values }) => arrays[type](values).buffer as ArrayBuffer),
    };
  }

  feeds(random: PRNG): Feeds {
    return Object.fromEntries(
      this.#inputs.map(({ name, type, shape }) => {
        const sizes = shape.map((size) => size ?? this.batch);
        const values = Array.from({ length: sizes.reduce((a, b) => a * b, 1) }, () => {
          if (type === 'bool') return random() < 0.5 ? 0 : 1;
          return type === 'int32' ? Math.floor(random() * 7) - 3 : Math.fround(random() * 6 - 3);
        });
        return [name, { type, shape: sizes, values }];
      }),
    );
  }
}

const arrays = {
  float32: (values: readonly number[]) => Float32Array.from(values),
  int32: (values: readonly number[]) => Int32Array.from(values),
  bool: (values: readonly number[]) => Uint8Array.from(values),
};

const dims = (shape: readonly Size[]) => shape.map((size) => ({ size: String(size ?? -1) }));
