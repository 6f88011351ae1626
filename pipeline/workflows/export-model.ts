import { readFile, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import {
  artifactsFromManifest,
  describeModel,
  type ModelArtifacts,
  type ModelDescription,
  shardPaths,
  type ToOnnxOptions,
  toOnnx,
} from '../../onnx/index.js';
import type { ExportInput } from './export-options.js';
import { packageVersion } from './package-version.js';
import { assertFilePath, writeOnnx } from './write-onnx.js';

/** What of `toOnnx` can be chosen for any model. */
export type ModelFileOptions = Pick<ToOnnxOptions, 'opset' | 'precision'>;

export interface ExportedModel extends ModelDescription {
  output: string;
  bytes: number;
  /** Of the conversion alone, without reading and writing. */
  seconds: number;
}

/**
 * Writes any saved TensorFlow.js model, a layers model or a graph model, as an `.onnx` file.
 *
 * @param model a `model.json` with its weights beside it, or the folder that holds them
 *
 * @throws Error in one line that names the file that is missing, cut short or of another kind, or the layer or node that
 *   ONNX has no way for
 */
export async function exportModel(
  model: string,
  output: string,
  options: ModelFileOptions = {},
): Promise<ExportedModel> {
  await assertFilePath(output);
  const { bytes, seconds } = await onnxOfModel(model, options);
  await writeOnnx(output, bytes);
  return { output, bytes: bytes.length, seconds, ...describeModel(bytes) };
}

/** The bytes of that file, and how long the conversion took. @throws as `exportModel` */
export async function onnxOfModel(
  model: string,
  options: ModelFileOptions = {},
): Promise<{ bytes: Uint8Array; seconds: number }> {
  const path = (await isFolder(model)) ? join(model, 'model.json') : model;
  const artifacts = await readModel(path);
  const producerVersion = await packageVersion();
  const started = performance.now();
  const bytes = within(path, () => toOnnx(artifacts, { ...options, producerVersion }));
  return { bytes, seconds: (performance.now() - started) / 1000 };
}

/** @throws TypeError where an input is chosen for a model that has but its own */
export function assertNoInput(model: string, input: ExportInput | undefined): void {
  if (input !== undefined)
    throw new TypeError(
      `${model}: is no run, so nothing says how samples become its input; supported with --input: a run folder made by \`serkit train\``,
    );
}

/** Files that a run's folder holds and a model's does not: one that lost some of them is still no mere model. */
const runFiles = ['config.json', 'scores.json', 'metrics.jsonl'];

/** True of a folder that a training left, whole or not. */
export async function isRun(path: string): Promise<boolean> {
  if (!(await isFolder(path))) return false;
  const found = await Promise.all(runFiles.map((name) => stat(join(path, name)).catch(() => undefined)));
  return found.some((file) => file !== undefined);
}

/**
 * Reads a `model.json` and the weights that it names.
 *
 * @throws Error that names the file
 */
export async function readModel(path: string): Promise<ModelArtifacts> {
  const modelJson = parse(path, (await read(path, 'a model.json of TensorFlow.js, or the folder of one')).toString());
  const paths = within(path, () => shardPaths(modelJson));
  const shards = await Promise.all(
    paths.map((shard) => read(join(dirname(path), shard), `all ${paths.length} weights files beside ${path}`)),
  );
  return within(path, () => artifactsFromManifest(modelJson, shards));
}

function parse(path: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new SyntaxError(
      `${path}: is not JSON; supported: a model.json of TensorFlow.js (tensorflowjs_converter makes one of a SavedModel or a Keras model)`,
    );
  }
}

/** What goes wrong is said with the file's name. */
function within<Result>(path: string, work: () => Result): Result {
  try {
    return work();
  } catch (error) {
    throw new Error(`${path}: ${(error as Error).message}`, { cause: error });
  }
}

async function read(path: string, supported: string): Promise<Buffer> {
  try {
    return await readFile(path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new Error(
      `${path}: ${code === 'ENOENT' ? 'is missing' : `can't be read (${code})`}; supported: ${supported}`,
    );
  }
}

const isFolder = async (path: string): Promise<boolean> =>
  (await stat(path).catch(() => undefined))?.isDirectory() ?? false;
