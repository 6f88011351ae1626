import type { ModelMetadata } from '../../inference/metadata.js';
import { load, type Recognizer } from '../../inference/node.js';
import type { Example } from '../datasets/index.js';
import { indexOfLargest, score } from '../training/metrics.js';
import { classifyAll, classifyClips } from './evaluate.js';
import { openData } from './open-data.js';
import { type ExtractOptions, extract } from './prepare-examples.js';
import { assertLabels, type Provenance, testSideOf } from './test-side.js';

/** One file on the test clips. */
export interface FileScores {
  accuracy: number;
  uar: number;
  bytes: number;
  /** Milliseconds a clip: from features on, in batches of 32, or of a waveform from samples on, one by one. */
  milliseconds: number;
}

/** What another precision changes, clip by clip. */
export interface PrecisionChange {
  examples: number;
  leaks: boolean;
  before: FileScores;
  after: FileScores;
  /** Share of clips with another label. */
  otherLabels: number;
  /** Largest |Δp| over all clips and labels. */
  largestDifference: number;
}

export interface MeasureOptions extends Omit<ExtractOptions, 'seed'> {
  /** Clips to measure on: of the corpus that was trained on, those of the test side alone. */
  data: string;
  provenance: Provenance;
  /** What was exported, for messages. */
  name: string;
}

/** Holds a file in a smaller precision against the float32 file of the same model, both through onnxruntime. */
export async function measureChange(
  before: Uint8Array,
  after: Uint8Array,
  options: MeasureOptions,
): Promise<PrecisionChange> {
  const { data, provenance, name, reporter } = options;
  const [whole, small] = [await load(before), await load(after)];
  try {
    const { labels, metadata } = whole;
    const corpus = await openData(data, options.skipBad, reporter);
    assertLabels(corpus, labels, name);
    const side = testSideOf(corpus, provenance, name);
    const classify = await classifierOf(side.examples, metadata, { ...options, seed: provenance.seed });
    const run = async (recognizer: Recognizer, { length: bytes }: Uint8Array) => {
      const { examples, probabilities, milliseconds } = await classify(recognizer);
      const truth = examples.map(({ clip }) => labels.indexOf(clip.label));
      const { accuracy, uar } = score(probabilities, truth, labels);
      return {
        examples,
        probabilities,
        scores: { accuracy, uar, bytes, milliseconds: milliseconds / examples.length },
      };
    };
    const [a, b] = [await run(whole, before), await run(small, after)];
    const { examples } = a;
    const labelAt = (rows: Float32Array, clip: number) =>
      indexOfLargest(rows.subarray(clip * labels.length, (clip + 1) * labels.length));
    const other = examples.filter((_, clip) => labelAt(a.probabilities, clip) !== labelAt(b.probabilities, clip));
    return {
      examples: examples.length,
      leaks: side.leaks,
      before: a.scores,
      after: b.scores,
      otherLabels: other.length / examples.length,
      largestDifference: a.probabilities.reduce((most, p, i) => Math.max(most, Math.abs(p - b.probabilities[i])), 0),
    };
  } finally {
    await Promise.all([whole.dispose(), small.dispose()]);
  }
}

/** What a file says of all examples, and how long that took it. */
type Classify = (
  recognizer: Recognizer,
) => Promise<{ examples: Example[]; probabilities: Float32Array; milliseconds: number }>;

/** From features in batches; from samples, clip by clip, where the files take a waveform. */
async function classifierOf(
  all: Example[],
  { input, featureSpec }: ModelMetadata,
  options: ExtractOptions,
): Promise<Classify> {
  if (input === 'waveform') return (recognizer) => classifyClips(recognizer, all, options);
  const { examples, features } = await extract(all, featureSpec, options);
  return async (recognizer) => {
    await recognizer.classifyFeatures(features[0], 1); // the first run lays out memory
    const started = performance.now();
    const probabilities = await classifyAll(recognizer, features);
    return { examples, probabilities, milliseconds: performance.now() - started };
  };
}
