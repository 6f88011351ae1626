import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { io } from '@tensorflow/tfjs-core';
import seedrandom from 'seedrandom';
import { z } from 'zod';
import type { ModelArtifacts, Port } from '../onnx/index.js';
import { readModel } from '../pipeline/workflows/export-model.js';

const tensorSchema = z.object({
  dtype: z.enum(['float32', 'int32', 'int64', 'bool']),
  shape: z.array(z.number().int()),
  values: z.array(z.number().or(z.boolean()).transform(Number)),
});
const namedSchema = z.record(z.string(), tensorSchema);
const examplesSchema = z.array(z.object({ inputs: namedSchema, outputs: namedSchema.optional() }));

/** Numbers as they go into a model or come out of it. */
export interface Numbers {
  readonly dtype: 'float32' | 'int32' | 'int64' | 'bool';
  readonly shape: readonly number[];
  readonly values: ArrayLike<number>;
}
export type NamedNumbers = Readonly<Record<string, Numbers>>;

export interface Example {
  readonly inputs: NamedNumbers;
  /** What TensorFlow computed before the model was converted, where that is known. */
  readonly outputs?: NamedNumbers;
}

/** A model that TensorFlow.js reads, as files. */
export interface SavedModel {
  readonly name: string;
  readonly path: string;
  readonly modelJson: io.ModelJSON;
  readonly artifacts: ModelArtifacts;
  /** Empty where the folder has no examples.json: see `randomExamples`. */
  readonly examples: readonly Example[];
}

/** The names of the folders that hold a model.json; none where the folder is not there. */
export async function savedModels(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true, recursive: true }).catch(() => []);
  return entries
    .filter(({ name, parentPath }) => name === 'model.json' && parentPath !== folder)
    .map(({ parentPath }) => parentPath.slice(folder.length + 1))
    .filter((name) => !name.startsWith('.'))
    .sort();
}

export async function openSavedModel(folder: string, name: string): Promise<SavedModel> {
  const path = join(folder, name, 'model.json');
  const artifacts = await readModel(path);
  const modelJson: io.ModelJSON = JSON.parse(await readFile(path, 'utf8'));
  const examples = await readFile(join(folder, name, 'examples.json'), 'utf8').catch(() => '[]');
  return { name, path, modelJson, artifacts, examples: examplesSchema.parse(JSON.parse(examples)) };
}

/** Inputs for a model that came without: uniform between −1 and 1, open sizes 1 and 2 in turn. */
export function randomExamples(name: string, inputs: readonly Port[]): Example[] {
  return [1, 2].map((open) => {
    const random = seedrandom.alea(`${name} ${open}`);
    const numbers = inputs.map(({ name: input, type, shape }): [string, Numbers] => {
      if (type !== 'float')
        throw new TypeError(`${name}: input "${input}" is ${type}; an examples.json must say what to feed`);
      const sizes = shape.map((size) => (typeof size === 'number' ? size : open));
      const values = Float32Array.from({ length: sizes.reduce((a, b) => a * b, 1) }, () => random() * 2 - 1);
      return [input, { dtype: 'float32', shape: sizes, values }];
    });
    return { inputs: Object.fromEntries(numbers) };
  });
}
