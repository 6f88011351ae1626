import { encodeModelMetadata } from '../../inference/metadata.js';
import { type LayersModelArtifacts, layerNames, type OutputSource, toOnnx } from '../../onnx/index.js';
import {
  type RecogniserScores,
  type RunConfig,
  readRecogniserScores,
  readRunConfig,
} from '../experiments/run-folder.js';
import { featureShape } from '../features/index.js';
import { readArtifacts } from '../training/model-folder.js';
import { earlierOf } from './fine-tuning.js';
import { packageVersion } from './package-version.js';
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
export async function exportRun(run: string, output: string): Promise<{ output: string; bytes: number }> {
  await assertFilePath(output);
  const config = await readRunConfig(run);
  const scores = await readRecogniserScores(run);
  const artifacts = await readArtifacts(run);
  const bytes = toOnnx(artifacts, {
    name: config.experiment.model,
    inputName: 'features',
    outputs: outputsOf(artifacts, config),
    metadata: metadataOf(config, scores, hasAttention(artifacts), await packageVersion()),
    producerVersion: await packageVersion(),
  });
  await writeOnnx(output, bytes);
  return { output, bytes: bytes.length };
}

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
