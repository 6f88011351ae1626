import type { Recognizer } from '../../inference/node.js';
import type { Example } from '../datasets/index.js';
import { exampleSamples } from '../extraction/clip-job.js';
import type { BackendName } from '../training/backends/backend.js';
import { openBackend } from '../training/backends/index.js';
import { type Scores, score } from '../training/metrics.js';
import { loadModel } from '../training/model-folder.js';
import { predictDataset } from '../training/predict.js';
import { openData } from './open-data.js';
import { type ExtractOptions, extract, toDataset } from './prepare-examples.js';
import { assertLabels, testSideOf } from './test-side.js';
import { openTrained } from './trained-model.js';

export interface EvaluateOptions extends Omit<ExtractOptions, 'seed'> {
  /** A run folder, or an `.onnx` file. */
  model: string;
  data: string;
  backend: BackendName | 'auto';
}

export interface Evaluation extends Scores {
  leaks: boolean;
  ranOn: string;
  /** Accuracy of each part of the test side: by gender, by intensity. */
  byGender: Record<string, { examples: number; accuracy: number }>;
  byIntensity: Record<string, { examples: number; accuracy: number }>;
}

/** Scores a model on clips that it was not trained on: with tfjs from a run folder, with onnxruntime from a file. */
export async function evaluate(options: EvaluateOptions): Promise<Evaluation> {
  const { reporter } = options;
  const trained = await openTrained(options.model);
  const corpus = await openData(options.data, options.skipBad, reporter);
  const { labels, spec } =
    trained.kind === 'run'
      ? { labels: trained.config.corpus.labels, spec: trained.config.featureSpec }
      : { labels: trained.recognizer.labels, spec: trained.recognizer.metadata.featureSpec };
  assertLabels(corpus, labels, options.model);
  const side = testSideOf(corpus, trained.provenance, options.model);
  const extraction = { ...options, seed: trained.provenance.seed };
  if (trained.kind === 'onnx' && trained.recognizer.metadata.input === 'waveform') {
    const { examples, probabilities } = await classifyClips(trained.recognizer, side.examples, extraction);
    const ranOn = `onnxruntime ${trained.recognizer.provider}`;
    await trained.recognizer.dispose();
    return { ...scoreParts(probabilities, examples, labels), leaks: side.leaks, ranOn };
  }
  const extracted = await extract(side.examples, spec, extraction);

  let probabilities: Float32Array;
  let ranOn: string;
  if (trained.kind === 'run') {
    const backend = await openBackend(options.backend);
    const model = await loadModel(trained.folder);
    probabilities = await predictDataset(model, toDataset(extracted, spec, trained.config.normalisation, labels));
    ranOn = `tfjs ${backend.name}`;
  } else {
    probabilities = await classifyAll(trained.recognizer, extracted.features);
    ranOn = `onnxruntime ${trained.recognizer.provider}`;
    await trained.recognizer.dispose();
  }
  return { ...scoreParts(probabilities, extracted.examples, labels), leaks: side.leaks, ranOn };
}

/** In batches: a thousand clips at once would take gigabytes inside the network. */
export async function classifyAll(
  recognizer: Recognizer,
  features: readonly Float32Array[],
  batchSize = 32,
): Promise<Float32Array> {
  const rows: Float32Array[] = [];
  for (let start = 0; start < features.length; start += batchSize) {
    const batch = features.slice(start, start + batchSize);
    rows.push(await recognizer.classifyFeatures(concatenated(batch), batch.length));
  }
  return concatenated(rows);
}

/** A file that takes a waveform needs no features: clip by clip, from the recording on. The time is that of its answers. */
export async function classifyClips(
  recognizer: Recognizer,
  examples: readonly Example[],
  { seed, skipBad, reporter, signal }: ExtractOptions,
): Promise<{ examples: Example[]; probabilities: Float32Array; milliseconds: number }> {
  const { sampleRateHz } = recognizer.metadata;
  const kept: { example: Example; row: number[]; milliseconds: number }[] = [];
  for (const [i, example] of examples.entries()) {
    signal?.throwIfAborted();
    const samples = await exampleSamples(example, seed, sampleRateHz).catch((error: Error) => {
      if (!skipBad) throw error;
      reporter.line(`skipped ${error.message}`); // it begins with the file
    });
    if (samples) {
      const { probabilities, timings } = await recognizer.classify(samples, { sampleRateHz });
      kept.push({
        example,
        row: recognizer.labels.map((label) => probabilities[label]),
        milliseconds: timings.totalMilliseconds,
      });
    }
    reporter.progress('evaluate', i + 1, examples.length);
  }
  return {
    examples: kept.map(({ example }) => example),
    probabilities: Float32Array.from(kept.flatMap(({ row }) => row)),
    milliseconds: kept.reduce((sum, each) => sum + each.milliseconds, 0),
  };
}

function scoreParts(probabilities: Float32Array, examples: readonly Example[], labels: readonly string[]) {
  const truth = Int32Array.from(examples, ({ clip }) => labels.indexOf(clip.label));
  const part = (key: 'gender' | 'intensity') =>
    Object.fromEntries(
      [...new Set(examples.map(({ clip }) => clip[key]))]
        .filter((value) => value !== undefined)
        .map((value) => {
          const indices = [...examples.keys()].filter((i) => examples[i].clip[key] === value);
          const rows = concatenated(
            indices.map((i) => probabilities.subarray(i * labels.length, (i + 1) * labels.length)),
          );
          const { accuracy } = score(
            rows,
            indices.map((i) => truth[i]),
            labels,
          );
          return [value, { examples: indices.length, accuracy }];
        }),
    );
  return { ...score(probabilities, truth, labels), byGender: part('gender'), byIntensity: part('intensity') };
}

function concatenated(arrays: readonly Float32Array[]): Float32Array {
  const all = new Float32Array(arrays.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const values of arrays) {
    all.set(values, at);
    at += values.length;
  }
  return all;
}
