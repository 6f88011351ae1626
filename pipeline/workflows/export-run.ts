import { encodeModelMetadata, type ModelMetadata } from '../../inference/metadata.js';
import {
  type LayersModelArtifacts,
  layerNames,
  type OutputSource,
  type Precision,
  type ToOnnxOptions,
  toOnnx,
} from '../../onnx/index.js';
import {
  type RecogniserScores,
  type RunConfig,
  readRecogniserScores,
  readRunConfig,
} from '../experiments/run-folder.js';
import { featureShape, frontEndArrays } from '../features/index.js';
import { readArtifacts } from '../training/model-folder.js';
import type { ExportInput } from './export-options.js';
import { inPrecision, type PrecisionOptions } from './export-precision.js';
import { earlierOf } from './fine-tuning.js';
import { packageVersion } from './package-version.js';
import type { PrecisionChange } from './precision-change.js';
import { splitOf } from './test-side.js';
import { assertFilePath, writeOnnx } from './write-onnx.js';

export interface RunFileOptions {
  /** Default: features. */
  input?: ExportInput;
  /** As of `toOnnx`. */
  opset?: number;
  /** Default: fp32. */
  precision?: Precision;
  /** Clips to calibrate int8 with, and to measure on what a precision changes. */
  measure?: Omit<PrecisionOptions, 'precision'>;
}

export interface ExportedRun {
  output: string;
  bytes: number;
  precision: Precision;
  /** Against the float32 file; absent where nothing was given to measure it on. */
  change?: PrecisionChange;
}

/**
 * Writes a finished run as one self-describing `.onnx` file, as `onnxOfRun` makes it.
 *
 * @throws as `onnxOfRun`
 */
export async function exportRun(run: string, output: string, options: RunFileOptions = {}): Promise<ExportedRun> {
  await assertFilePath(output);
  const { bytes, change } = await onnxOfRun(run, options);
  await writeOnnx(output, bytes);
  const { precision = 'fp32' } = options;
  return { output, bytes: bytes.length, precision, ...(change && { change }) };
}

export interface RunFile {
  bytes: Uint8Array;
  metadata: ModelMetadata;
  change?: PrecisionChange;
}

/**
 * A finished run as the bytes of an `.onnx` file that explains itself.
 *
 * Input `features` (batch, bands, frames, 1), for several chunks (batch, chunks, bands, frames, 1), normalised; or, as a
 * waveform, `samples` (batch, samples), mono, at the model's rate, clips of any length. Output `probabilities` (batch,
 * labels). A model with a layer named `attention` has the output `attention` (batch, chunks) too: how much each chunk
 * counted. The probabilities are the run's calibrated ones, the logits divided by its temperature. All that is needed to get from samples to the input is in the file's metadata.
 *
 * @param logits for programs that take the softmax themselves: the only output is `logits` (batch, labels), the input
 *   `input_values`
 * @throws RangeError where a layer named `attention` gives anything but one weight a chunk; TypeError where logits are
 *   wanted of a model that has none
 */
export async function onnxOfRun(
  run: string,
  {
    input = 'features',
    logits = false,
    opset,
    precision = 'fp32',
    measure,
  }: RunFileOptions & { logits?: boolean } = {},
): Promise<RunFile> {
  const config = await readRunConfig(run);
  const scores = await readRecogniserScores(run);
  const artifacts = await readArtifacts(run);
  const version = await packageVersion();
  const attention = hasAttention(artifacts) && !logits;
  const ownName = input === 'waveform' ? 'samples' : 'features';
  const metadataIn = (kind: Precision) =>
    metadataOf(config, scores, { input, attention, logits, precision: kind }, version);
  const write = (small: Pick<ToOnnxOptions, 'precision' | 'ranges'>) =>
    toOnnx(artifacts, {
      name: config.experiment.model,
      inputName: logits ? 'input_values' : ownName,
      frontEnd: input === 'waveform' ? frontEndArrays(config.featureSpec, config.normalisation) : undefined,
      outputs: outputsOf(artifacts, config, { attention, logits, temperature: scores.calibration?.temperature ?? 1 }),
      metadata: encodeModelMetadata(metadataIn(small.precision ?? 'fp32')),
      producerVersion: version,
      opset,
      ...small,
    });
  const { bytes, change } = measure
    ? await inPrecision({ ...preciseRun(run, config), input, write }, { ...measure, precision })
    : { bytes: write({ precision }), change: undefined };
  return { bytes, metadata: metadataIn(precision), ...(change && { change }) };
}

/** What a file of a run takes and gives, and how it computes. */
interface Interface {
  input: ExportInput;
  attention: boolean;
  logits: boolean;
  precision: Precision;
}

const preciseRun = (name: string, config: RunConfig) => {
  const { name: corpus, fingerprint } = config.corpus;
  const provenance = { ...splitOf(config.experiment), corpus, fingerprint, earlier: earlierOf(config) };
  return { name, provenance, featureSpec: config.featureSpec, normalisation: config.normalisation };
};

/** The layer whose output are the weights of the chunks, (batch, chunks) or (batch, chunks, 1), and the file's name of it. */
export const attentionLayer = 'attention';

const hasAttention = (artifacts: LayersModelArtifacts): boolean => layerNames(artifacts).all.includes(attentionLayer);

function outputsOf(
  artifacts: LayersModelArtifacts,
  { featureSpec }: RunConfig,
  { attention: given, logits, temperature }: Pick<Interface, 'attention' | 'logits'> & { temperature: number },
): Record<string, OutputSource> {
  const [chunks] = featureShape(featureSpec);
  const [layer] = layerNames(artifacts).outputs;
  const attention = { [attentionLayer]: { layer: attentionLayer, shape: [chunks] } };
  if (logits) return { logits: { layer, temperature, beforeSoftmax: true } };
  return { probabilities: { layer, temperature }, ...(given ? attention : {}) };
}

function metadataOf(
  config: RunConfig,
  scores: RecogniserScores,
  { input, attention, logits, precision }: Interface,
  version: string,
): ModelMetadata {
  const { experiment, corpus, featureSpec, featureVersion, normalisation } = config;
  // Weights that began with others' data are bound by their licences too.
  const earlier = earlierOf(config);
  const corpora = [corpus, ...earlier];
  const all = (texts: (string | undefined)[]) => [...new Set(texts.filter(Boolean))].join('; ') || undefined;
  const { accuracy, uar, examples } = scores.test;
  return {
    labels: corpus.labels,
    featureSpec,
    featureVersion,
    sampleRateHz: featureSpec.sampleRateHz,
    normalisation,
    input,
    output: logits ? 'logits' : undefined,
    attention: attention ? { output: attentionLayer, over: 'chunks' } : undefined,
    ...calibrationOf(scores),
    precision: precision === 'fp32' ? undefined : precision,
    architecture: experiment.model,
    preset: config.preset,
    seed: String(experiment.seed),
    protocol: experiment.protocol,
    fold: experiment.fold,
    corpus: corpus.name,
    scores: { leaks: scores.leaks, test: { accuracy, uar, examples } },
    training: {
      copies: experiment.copies,
      validationSpeakers: experiment.validationSpeakers,
      corpusFingerprint: corpus.fingerprint,
      earlier: earlier.length > 0 ? earlier : undefined,
    },
    dataLicence: all(corpora.map(({ licence }) => licence)),
    attribution: all(corpora.map(({ attribution }) => attribution)),
    version,
  };
}

function calibrationOf({ calibration }: RecogniserScores): Pick<ModelMetadata, 'calibration' | 'unsureBelow'> {
  if (!calibration) return {};
  const { unsureBelow, ...rest } = calibration;
  return { calibration: rest, unsureBelow };
}
