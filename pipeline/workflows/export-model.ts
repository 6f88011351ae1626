import { readFile, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import {
  artifactsFromManifest,
  describeModel,
  type ModelArtifacts,
  type ModelDescription,
  shardPaths,
  type ToOnnxOptions,
  toOnnx,
  toOnnxFiles,
} from '../../onnx/index.js';
import type { ExportInput } from './export-options.js';
import { packageVersion } from './package-version.js';
import { assertFilePath, writeOnnx } from './write-onnx.js';

/** What of `toOnnx` can be chosen for any model. */
export type ModelFileOptions = Pick<ToOnnxOptions, 'opset' | 'precision'>;

export interface ExportedModel extends ModelDescription {
  output: string;
  bytes: number;
  /** The second file, where there is one. */
  data?: string;
  /** Of the conversion alone, without reading and writing. */
  seconds: number;
}

export interface ExportModelOptions extends ModelFileOptions {
  /** Put the weights into a second file beside the first, `OUTPUT.data`. Default: where one file cannot hold them. */
  externalData?: boolean;
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
  { externalData, ...options }: ExportModelOptions = {},
): Promise<ExportedModel> {
  await assertFilePath(output);
  const convert: Convert = (artifacts, producer) =>
    toOnnxFiles(artifacts, {
      ...options,
      ...producer,
      dataName: `${basename(output)}.data`,
      ...(externalData && { dataFrom: 0 }),
    });
  const { files, seconds } = await converted(model, convert);
  const { model: bytes, data } = files;
  const dataFile = data && `${output}.data`;
  if (dataFile) await writeOnnx(dataFile, data);
  await writeOnnx(output, bytes);
  return { output, bytes: bytes.length, ...(dataFile && { data: dataFile }), seconds, ...describeModel(bytes) };
}

/** The bytes of a model as one file. @throws as `exportModel` */
export async function onnxOfModel(model: string, options: ModelFileOptions = {}): Promise<Uint8Array> {
  const convert: Convert = (artifacts, producer) => ({ model: toOnnx(artifacts, { ...options, ...producer }) });
  return (await converted(model, convert)).files.model;
}

type Files = ReturnType<typeof toOnnxFiles>;
type Convert = (artifacts: ModelArtifacts, producer: Pick<ToOnnxOptions, 'producerVersion'>) => Files;

async function converted(model: string, convert: Convert): Promise<{ files: Files; seconds: number }> {
  const path = (await isFolder(model)) ? join(model, 'model.json') : model;
  const artifacts = await readModel(path);
  const producerVersion = await packageVersion();
  const started = performance.now();
  const files = within(path, () => convert(artifacts, { producerVersion }));
  return { files, seconds: (performance.now() - started) / 1000 };
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
