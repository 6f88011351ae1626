import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import { GraphModel } from '@tensorflow/tfjs-converter';
import * as ort from 'onnxruntime-node';
import seedrandom from 'seedrandom';
import { type InputShapes, type ModelArtifacts, toOnnx } from '../../../onnx/index.js';

tf.env().set('IS_TEST', true);

export type DataType = 'float32' | 'int32' | 'bool' | 'string';

/** What one input of a node is: fed when the model runs, or a weight. */
export interface Operand {
  readonly kind: 'fed' | 'weight';
  readonly type: DataType;
  /** null: open when the file is written; each of `batches` of the case in turn. */
  readonly shape: readonly (number | null)[];
  /** All elements, or where each comes from: a range of random numbers. Default: −2 to 2. */
  readonly values?: readonly (number | string)[] | { readonly from: number; readonly to: number };
}

export const fed = (shape: Operand['shape'], type: DataType = 'float32', values?: Operand['values']): Operand => ({
  kind: 'fed',
  type,
  shape,
  values,
});

export const weight = (shape: readonly number[], type: DataType = 'float32', values?: Operand['values']): Operand => ({
  kind: 'weight',
  type,
  shape,
  values,
});

/** A scalar or vector of int32 known beforehand: an axis, a shape. */
export const ints = (values: number | readonly number[]): Operand =>
  typeof values === 'number' ? weight([], 'int32', [values]) : weight([values.length], 'int32', values);

/** A graph of one operation, and what is special about it. */
export interface OpCase {
  readonly op: string;
  readonly title: string;
  readonly operands: readonly Operand[];
  /** As GraphDef has them: `{ T: { type: 'DT_FLOAT' }, strides: { list: { i: [1, 2, 2, 1] } } }`. */
  readonly attributes?: Readonly<Record<string, object>>;
  /** How many outputs are compared. Default: 1. */
  readonly outputs?: number;
  /** What open sizes are in turn. Default: 1 and 3. */
  readonly batches?: readonly number[];
  /** Run by `executeAsync`, as tfjs demands for operations whose output's size only running tells. */
  readonly dynamic?: boolean;
  /** Largest difference between tfjs and onnxruntime. Default: 1e-5; 0 for exact. */
  readonly absolute?: number;
}

/** A node of a graph written by hand: `node('y', 'AddV2', ['a', 'b'])`. */
export const node = (name: string, op: string, input: string[] = [], attr: Readonly<Record<string, object>> = {}) => ({
  name,
  op,
  input,
  attr,
});

export const tfTypes: Readonly<Record<DataType, string>> = {
  float32: 'DT_FLOAT',
  int32: 'DT_INT32',
  bool: 'DT_BOOL',
  string: 'DT_STRING',
};

export const text = (value: string) => ({ s: Buffer.from(value).toString('base64') });
export const integers = (...values: number[]) => ({ list: { i: values.map(String) } });
export const type = (value: DataType) => ({ type: tfTypes[value] });

/** The graph model of a case: placeholders in0, in1, …, weights by the same numbering, the node `y`. */
export function artifactsOfCase({ op, operands, attributes = {}, outputs = 1 }: OpCase): ModelArtifacts {
  const sources = operands.map(({ kind, type, shape }, i) => {
    const attr = { dtype: { type: tfTypes[type] }, ...(kind === 'fed' && { shape: { dim: dims(shape) } }) };
    return { name: `in${i}`, op: kind === 'fed' ? 'Placeholder' : 'Const', input: [], attr };
  });
  const y = { name: 'y', op, input: sources.map(({ name }) => name), attr: attributes };
  const weights = operands.flatMap((operand, i) => (operand.kind === 'weight' ? [{ operand, name: `in${i}` }] : []));
  const info = ({ type, shape }: Operand, name: string) => ({
    name: `${name}:0`,
    dtype: tfTypes[type],
    tensorShape: { dim: dims(shape) },
  });
  return {
    modelTopology: { node: [...sources, y], versions: { producer: 1 } },
    signature: {
      inputs: Object.fromEntries(
        operands.flatMap((operand, i) => (operand.kind === 'fed' ? [[`in${i}`, info(operand, `in${i}`)]] : [])),
      ),
      outputs: Object.fromEntries(Array.from({ length: outputs }, (_, i) => [`y${i}`, { name: `y:${i}` }])),
    },
    weightSpecs: weights.map(({ operand, name }) => ({ name, shape: operand.shape as number[], dtype: operand.type })),
    weightData: weights.map(({ operand, name }) =>
      bytesOf(operand.type, valuesOf(operand, operand.shape as number[], name)),
    ),
  };
}

const dims = (shape: Operand['shape']) => shape.map((size) => ({ size: String(size ?? -1) }));

const count = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1);

/** The elements of an operand with its open sizes filled in. */
export function valuesOf({ type, values }: Operand, shape: readonly number[], seed: string): (number | string)[] {
  if (Array.isArray(values)) return values;
  const { from, to } = (values as { from: number; to: number } | undefined) ?? { from: -2, to: 2 };
  const random = seedrandom.alea(`${seed} ${shape}`);
  const draw = () => {
    const number = from + random() * (to - from);
    if (type === 'bool') return random() < 0.5 ? 0 : 1;
    return type === 'int32' ? Math.floor(number) : Math.fround(number);
  };
  return Array.from({ length: count(shape) }, draw);
}

export function bytesOf(type: DataType, values: readonly (number | string)[]): ArrayBuffer {
  if (type === 'float32') return Float32Array.from(values as number[]).buffer;
  if (type === 'int32') return Int32Array.from(values as number[]).buffer;
  if (type === 'bool') return Uint8Array.from(values as number[]).buffer;
  const parts = values.flatMap((value) => {
    const bytes = Buffer.from(String(value));
    const length = Buffer.alloc(4);
    length.writeUInt32LE(bytes.length);
    return [length, bytes];
  });
  return new Uint8Array(Buffer.concat(parts)).buffer;
}

/** Feeds by input name: elements and shape. */
export type Feeds = Readonly<
  Record<string, { type: DataType; shape: readonly number[]; values: readonly (number | string)[] }>
>;

export interface Result {
  readonly shape: readonly number[];
  readonly values: readonly (number | string | boolean)[];
}

/** What tfjs's own graph executor answers, on its cpu backend. */
export async function runGraphModel(
  artifacts: ModelArtifacts,
  feeds: Feeds,
  outputs: string[],
  dynamic = false,
): Promise<Result[]> {
  const model = new GraphModel({
    load: () => ({
      ...(artifacts as tf.io.ModelArtifacts),
      weightData: joined(artifacts.weightData as ArrayBuffer[]),
      format: 'graph-model',
    }),
  } as unknown as tf.io.IOHandler);
  await model.load();
  const tensors = Object.fromEntries(
    Object.entries(feeds).map(([name, { type, shape, values }]) => [
      name,
      tf.tensor(values as number[], [...shape], type),
    ]),
  );
  const answers = await (dynamic ? model.executeAsync(tensors, outputs) : model.execute(tensors, outputs));
  const results = await Promise.all(
    [answers]
      .flat()
      .map(async (answer) => ({ shape: answer.shape, values: Array.from(await answer.data<'string'>()) })),
  );
  model.dispose();
  return results;
}

function joined(parts: ArrayBuffer[] | ArrayBuffer | undefined): ArrayBuffer {
  return new Uint8Array(Buffer.concat([parts ?? []].flat().map((part) => Buffer.from(part)))).buffer;
}

/** What onnxruntime answers, in the order of the file's outputs. */
export async function runFile(bytes: Uint8Array, feeds: Feeds): Promise<Result[]> {
  const session = await ort.InferenceSession.create(bytes, { intraOpNumThreads: 1, logSeverityLevel: 3 });
  const tensors = Object.fromEntries(
    Object.entries(feeds)
      .filter(([name]) => session.inputNames.includes(name))
      .map(([name, { type, shape, values }]) => [name, ortTensor(type, values, shape)]),
  );
  const answers = await session.run(tensors);
  const results = session.outputNames.map((name) => ({
    shape: answers[name].dims,
    values: Array.from(answers[name].data as ArrayLike<number | bigint | string>, (value) =>
      typeof value === 'bigint' ? Number(value) : value,
    ),
  }));
  await session.release();
  return results;
}

function ortTensor(type: DataType, values: readonly (number | string)[], shape: readonly number[]): ort.Tensor {
  if (type === 'string') return new ort.Tensor('string', values.map(String), shape);
  if (type === 'bool') return new ort.Tensor('bool', Uint8Array.from(values as number[]), shape);
  return type === 'int32'
    ? new ort.Tensor('int32', Int32Array.from(values as number[]), shape)
    : new ort.Tensor('float32', Float32Array.from(values as number[]), shape);
}

/** What a case is fed where its open sizes are `batch`. */
export function feedsOf({ operands }: OpCase, batch: number): Feeds {
  return Object.fromEntries(
    operands.flatMap((operand, i) => {
      if (operand.kind !== 'fed') return [];
      const shape = operand.shape.map((size) => size ?? batch);
      return [[`in${i}`, { type: operand.type, shape, values: valuesOf(operand, shape, `in${i}`) }] as const];
    }),
  );
}

/** Exports a case and gives both answers for each filling of its open sizes. */
export async function answersOf(
  opCase: OpCase,
  inputShapes?: InputShapes,
): Promise<{ bytes: Uint8Array; answers: { batch: number; expected: Result[]; actual: Result[] }[] }> {
  const artifacts = artifactsOfCase(opCase);
  const bytes = toOnnx(artifacts, { inputShapes });
  const open = opCase.operands.some(({ shape }) => shape.includes(null));
  const batches = open ? (opCase.batches ?? [1, 3]) : [1];
  const answers = [];
  for (const batch of batches) {
    const feeds = feedsOf(opCase, batch);
    const names = Array.from({ length: opCase.outputs ?? 1 }, (_, i) => `y:${i}`);
    const expected = await runGraphModel(artifacts, feeds, names, opCase.dynamic);
    answers.push({ batch, expected, actual: await runFile(bytes, feeds) });
  }
  return { bytes, answers };
}
