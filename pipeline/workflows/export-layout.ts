import { mkdir, mkdtemp, readdir, rename, rm, rmdir } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import type { ModelMetadata } from '../../inference/metadata.js';
import { type Folder, type Precision, transformersFolder, tritonFolder } from '../../onnx/index.js';
import { writeDurably } from '../training/write-durably.js';
import { assertNoInput, isRun, onnxOfModel } from './export-model.js';
import type { ExportInput } from './export-options.js';
import { onnxOfRun } from './export-run.js';
import { percent, scoreText } from './reporter.js';

export interface LayoutOptions {
  layout: 'transformers' | 'triton';
  /** Default: waveform, which is what other programs have. */
  input?: ExportInput;
  /** As of `toOnnx`. */
  opset?: number;
  /** Default: fp32. */
  precision?: Precision;
}

export interface ExportedFolder {
  output: string;
  /** Of all files. */
  bytes: number;
  files: string[];
}

/**
 * Writes a finished run as a folder that another program loads: for transformers.js, or as a model of a Triton model
 * repository, whose name is the folder's. Triton takes any TensorFlow.js model.
 *
 * @throws Error where the folder is there and not empty; TypeError for a layout that cannot take features, or that needs a
 *   run; as `onnxOfRun` and `exportModel`
 */
export async function exportLayout(model: string, output: string, options: LayoutOptions): Promise<ExportedFolder> {
  await assertFree(output);
  const name = basename(resolve(output));
  const files = (await isRun(model)) ? await folderOf(model, name, options) : await modelFolder(model, name, options);
  await writeFolder(output, files);
  const sizes = Object.values(files).map((content) => Buffer.byteLength(content));
  return { output, bytes: sizes.reduce((a, b) => a + b), files: Object.keys(files).sort() };
}

async function modelFolder(model: string, name: string, { layout, input, ...options }: LayoutOptions): Promise<Folder> {
  assertNoInput(model, input);
  if (layout === 'transformers')
    throw new TypeError(
      `${model}: is no run, so its labels and its rate are unknown; supported with --layout transformers: a run folder`,
    );
  return tritonFolder({ name, model: await onnxOfModel(model, options) });
}

async function folderOf(
  run: string,
  name: string,
  { layout, input = 'waveform', opset, precision }: LayoutOptions,
): Promise<Folder> {
  if (layout === 'triton') {
    const { bytes: model, metadata } = await onnxOfRun(run, { input, opset, precision });
    return tritonFolder({ name, model, labels: { probabilities: metadata.labels } });
  }
  if (input !== 'waveform')
    throw new TypeError('layout transformers takes samples, not features; supported: --input waveform');
  const { bytes: model, metadata } = await onnxOfRun(run, { input, opset, precision, logits: true });
  const { labels, sampleRateHz, dataLicence, attribution } = metadata;
  return transformersFolder({
    model,
    labels,
    sampleRateHz,
    precision,
    dataLicence,
    attribution,
    title: name,
    notes: notesOf(metadata),
  });
}

/** Where the model is from and how good it is. */
function notesOf(metadata: ModelMetadata): string[] {
  const { architecture, corpus, protocol, fold, seed, scores, version, calibration, unsureBelow } = metadata;
  const from = `${architecture}, trained on ${corpus} (protocol ${protocol}, fold ${fold}, seed ${seed}) by serkit ${version}.`;
  if (!scores) return [from];
  const { uar, accuracy, examples } = scores.test;
  const trust = calibration
    ? [
        `Its logits are divided by ${calibration.temperature.toFixed(3)}, a temperature fitted on ${calibration.clips} clips that training did not learn from.`,
      ]
    : [];
  const sure = unsureBelow ? [`Call an answer whose probability is below ${percent(unsureBelow)} unsure.`] : [];
  return [`${from} On its ${examples} test clips: ${scoreText({ uar, accuracy }, scores.leaks)}.`, ...trust, ...sure];
}

/** Whole or not there: written beside its place, then renamed. */
async function writeFolder(output: string, files: Folder): Promise<void> {
  await mkdir(dirname(resolve(output)), { recursive: true });
  const scratch = await mkdtemp(join(dirname(resolve(output)), `.${basename(resolve(output))}-`));
  try {
    for (const [path, content] of Object.entries(files)) {
      await mkdir(dirname(join(scratch, path)), { recursive: true });
      await writeDurably(join(scratch, path), content);
    }
    await rmdir(output).catch(() => undefined); // an empty one
    await rename(scratch, output);
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

async function assertFree(output: string): Promise<void> {
  const there = await readdir(output).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw new Error(
      `${output}: ${error.code === 'ENOTDIR' ? 'is a file' : `can't be read (${error.code})`}; supported: a folder to write`,
    );
  });
  if (there.length > 0)
    throw new Error(`${output}: is there already and not empty; supported: a folder that is free, or remove it first`);
}
