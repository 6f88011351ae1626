import { encodeModelMetadata } from '../../inference/metadata.js';
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
import { featureShape } from '../features/index.js';
import { readArtifacts } from '../training/model-folder.js';
import { inPrecision, type PrecisionOptions } from './export-precision.js';
import { earlierOf } from './fine-tuning.js';
import { packageVersion } from './package-version.js';
import type { PrecisionChange } from './precision-change.js';
import { splitOf } from './test-side.js';
import { assertFilePath, writeOnnx } from './write-onnx.js';

/**
 * Writes a finished run as one self-describing `.onnx` file.
 *
 * Input `features` (batch, bands, frames, 1), for several chunks (batch, chunks, bands, frames, 1), normalised; output
 * `probabilities` (batch, labels). A model with a layer named `attention` has the output `attention` (batch, chunks) too:
 * how much each chunk counted. All that is needed to get from samples to that input is in the file's metadata.
 *
 * @throws RangeError where a layer named `attention` gives anything but one weight a chunk
 */
export async function exportRun(run: string, output: string, options: ExportRunOptions = {}): Promise<ExportedRun> {
  await assertFilePath(output);
  const config = await readRunConfig(run);
  const scores = await readRecogniserScores(run);
  const artifacts = await readArtifacts(run);
  const version = await packageVersion();
  const { opset, precision = 'fp32', measure } = options;
  const write = (small: Pick<ToOnnxOptions, 'precision' | 'ranges'>) =>
    toOnnx(artifacts, {
      name: config.experiment.model,
      inputName: 'features',
      outputs: outputsOf(artifacts, config),
      metadata: metadataOf(config, scores, hasAttention(artifacts), version, small.precision),
      producerVersion: version,
      opset,
      ...small,
    });
  const { bytes, change } = measure
    ? await inPrecision({ ...preciseRun(run, config), write }, { ...measure, precision })
    : { bytes: write({ precision }), change: undefined };
  await writeOnnx(output, bytes);
  return { output, bytes: bytes.length, precision, ...(change && { change }) };
}

export interface ExportRunOptions {
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

const preciseRun = (name: string, config: RunConfig) => {
  const { name: corpus, fingerprint } = config.corpus;
  const provenance = { ...splitOf(config.experiment), corpus, fingerprint, earlier: earlierOf(config) };
  return { name, provenance, featureSpec: config.featureSpec, normalisation: config.normalisation };
};

/** The layer whose output are the weights of the chunks, (batch, chunks) or (batch, chunks, 1), and the file's name of it. */
export const attentionLayer = 'attention';

const hasAttention = (artifacts: LayersModelArtifacts): boolean => layerNames(artifacts).all.includes(attentionLayer);

function outputsOf(artifacts: LayersModelArtifacts, { featureSpec }: RunConfig): Record<string, OutputSource> {
  const [chunks] = featureShape(featureSpec);
  const [probabilities] = layerNames(artifacts).outputs;
  const attention = { [attentionLayer]: { layer: attentionLayer, shape: [chunks] } };
  return { probabilities, ...(hasAttention(artifacts) ? attention : {}) };
}

function metadataOf(
  config: RunConfig,
  scores: RecogniserScores,
  attention: boolean,
  version: string,
  precision: Precision = 'fp32',
): Record<string, string> {
  const { experiment, corpus, featureSpec, featureVersion, normalisation } = config;
  // Weights that began with others' data are bound by their licences too.
  const earlier = earlierOf(config);
  const corpora = [corpus, ...earlier];
  const all = (texts: (string | undefined)[]) => [...new Set(texts.filter(Boolean))].join('; ') || undefined;
  const { accuracy, uar, examples } = scores.test;
  return encodeModelMetadata({
    labels: corpus.labels,
    featureSpec,
    featureVersion,
    sampleRateHz: featureSpec.sampleRateHz,
    normalisation,
    input: 'features',
    attention: attention ? { output: attentionLayer, over: 'chunks' } : undefined,
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
  });
}
