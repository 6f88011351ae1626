import type { Recognizer } from '../../inference/node.js';
import type { Example } from '../datasets/index.js';
import { exampleSamples } from '../extraction/clip-job.js';
import type { BackendName } from '../training/backends/backend.js';
import { openBackend } from '../training/backends/index.js';
import { type Reliability, reliability, type Sureness, sureness } from '../training/calibration.js';
import { type Scores, score } from '../training/metrics.js';
import { loadModel } from '../training/model-folder.js';
import { predictDataset } from '../training/predict.js';
import { calibrated } from './calibrate-probabilities.js';
import { openData } from './open-data.js';
import { type ExtractOptions, extract, toDataset } from './prepare-examples.js';
import { assertLabels, testSideOf } from './test-side.js';
import { openTrained, type TrainedModel } from './trained-model.js';

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
  /** How far its probabilities can be believed. */
  reliability: Reliability & {
    /** What the logits were divided by; 1 where the model has no calibration. */
    temperature: number;
  };
  /** What its threshold comes to on these clips; absent where it has none. */
  unsure?: Sureness & { below: number };
}

/** Scores a model on clips that it was not trained on: with tfjs from a run folder, with onnxruntime from a file. */
export async function evaluate(options: EvaluateOptions): Promise<Evaluation> {
  const { reporter } = options;
  const trained = await openTrained(options.model);
  const corpus = await openData(options.data, options.skipBad, reporter);
  const { labels, spec, temperature = 1, unsureBelow } = describe(trained);
  assertLabels(corpus, labels, options.model);
  const side = testSideOf(corpus, trained.provenance, options.model);
  const extraction = { ...options, seed: trained.provenance.seed };
  const evaluation = (probabilities: Float32Array, examples: readonly Example[], ranOn: string): Evaluation => ({
    ...scoreParts(probabilities, examples, labels),
    leaks: side.leaks,
    ranOn,
    ...trust(probabilities, truthOf(examples, labels), labels.length, { temperature, unsureBelow }),
  });
  if (trained.kind === 'onnx' && trained.recognizer.metadata.input === 'waveform') {
    const { examples, probabilities } = await classifyClips(trained.recognizer, side.examples, extraction);
    const ranOn = `onnxruntime ${trained.recognizer.provider}`;
    await trained.recognizer.dispose();
    return evaluation(probabilities, examples, ranOn);
  }
  const extracted = await extract(side.examples, spec, extraction);

  let probabilities: Float32Array;
  let ranOn: string;
  if (trained.kind === 'run') {
    const backend = await openBackend(options.backend);
    const model = await loadModel(trained.folder);
    const raw = await predictDataset(model, toDataset(extracted, spec, trained.config.normalisation, labels));
    probabilities = calibrated(raw, trained.calibration, labels);
    ranOn = `tfjs ${backend.name}`;
  } else {
    probabilities = await classifyAll(trained.recognizer, extracted.features);
    ranOn = `onnxruntime ${trained.recognizer.provider}`;
    await trained.recognizer.dispose();
  }
  return evaluation(probabilities, extracted.examples, ranOn);
}

/** What a run and a file both say of a model. */
function describe(trained: TrainedModel) {
  if (trained.kind === 'run') {
    const { corpus, featureSpec: spec } = trained.config;
    return { labels: corpus.labels, spec, ...trained.calibration };
  }
  const { labels, featureSpec: spec, calibration, unsureBelow } = trained.recognizer.metadata;
  return { labels, spec, temperature: calibration?.temperature, unsureBelow };
}

function trust(
  probabilities: Float32Array,
  truth: Int32Array,
  labels: number,
  { temperature, unsureBelow }: { temperature: number; unsureBelow?: number },
): Pick<Evaluation, 'reliability' | 'unsure'> {
  return {
    reliability: { temperature, ...reliability(probabilities, truth, labels) },
    ...(unsureBelow !== undefined && {
      unsure: { below: unsureBelow, ...sureness(probabilities, truth, labels, unsureBelow) },
    }),
  };
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

const truthOf = (examples: readonly Example[], labels: readonly string[]): Int32Array =>
  Int32Array.from(examples, ({ clip }) => labels.indexOf(clip.label));

function scoreParts(probabilities: Float32Array, examples: readonly Example[], labels: readonly string[]) {
  const truth = truthOf(examples, labels);
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
