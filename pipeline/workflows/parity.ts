import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { load, type Recognizer } from '../../inference/node.js';
import { exampleSamples } from '../extraction/clip-job.js';
import type { BackendName } from '../training/backends/backend.js';
import { openBackend } from '../training/backends/index.js';
import { indexOfLargest } from '../training/metrics.js';
import { loadModel } from '../training/model-folder.js';
import { predictDataset } from '../training/predict.js';
import { exportRun } from './export-run.js';
import { openData } from './open-data.js';
import { type ExtractOptions, extract, toDataset } from './prepare-examples.js';
import { testSideOf } from './test-side.js';
import { openTrained } from './trained-model.js';

/** Largest difference of a probability that still counts as the same prediction. Seen on RAVDESS: see README. */
export const PARITY_TOLERANCE = 1e-5;

export interface ParityOptions extends Omit<ExtractOptions, 'seed'> {
  /** A run folder: what was trained. */
  run: string;
  /** The `.onnx` file to hold against it; without one the run is exported to a temporary file. */
  file?: string;
  data: string;
  backend: BackendName | 'auto';
}

export interface ParityResult {
  reference: string;
  compared: string;
  clips: number;
  sameLabel: number;
  otherLabel: string[];
  /** Clips whose two best probabilities are closer than twice the tolerance: no label is asked of them. */
  undecided: string[];
  /** Largest |Δp| over all clips and labels. */
  largestDifference: number;
  tolerance: number;
  passed: boolean;
}

/**
 * Are the predictions identical? Each clip of the run's test side goes two ways: features → tfjs, as in training, and
 * samples → the `.onnx` file alone, as a user's service would. The label must be the same wherever the two best
 * probabilities differ by more than twice the tolerance, and no probability may differ by more than the tolerance.
 */
export async function parity(options: ParityOptions): Promise<ParityResult> {
  const { run, data, reporter, signal } = options;
  const trained = await openTrained(run);
  if (trained.kind !== 'run')
    throw new TypeError(`${run}: parity starts from a run folder made by \`serkit train\`; compare a file with --file`);
  const { config, provenance } = trained;
  const { labels } = config.corpus;
  const corpus = await openData(data, options.skipBad, reporter);
  const { examples } = testSideOf(corpus, provenance, run);
  const extracted = await extract(examples, config.featureSpec, { ...options, seed: provenance.seed });

  const backend = await openBackend(options.backend);
  const model = await loadModel(trained.folder);
  const expected = await predictDataset(model, toDataset(extracted, config.featureSpec, config.normalisation, labels));
  model.dispose();

  const recognizer = await openExported(run, options.file);
  const actual = new Float32Array(expected.length);
  for (const [i, example] of extracted.examples.entries()) {
    signal?.throwIfAborted();
    const { sampleRateHz } = config.featureSpec;
    const samples = await exampleSamples(example, provenance.seed, sampleRateHz);
    const { probabilities } = await recognizer.classify(samples, { sampleRateHz });
    actual.set(
      labels.map((label) => probabilities[label]),
      i * labels.length,
    );
    reporter.progress('parity', i + 1, extracted.examples.length);
  }
  const names = extracted.examples.map(({ clip, copy }) => (copy === 0 ? clip.id : `${clip.id} (copy ${copy})`));
  const result = compare(expected, actual, names, labels.length);
  await recognizer.dispose();
  return { reference: `tfjs ${backend.name}`, compared: `onnxruntime ${recognizer.provider}`, ...result };
}

async function openExported(run: string, file?: string): Promise<Recognizer> {
  if (file !== undefined) return load(file);
  const temporary = join(tmpdir(), `serkit-parity-${process.pid}.onnx`);
  try {
    await exportRun(run, temporary);
    return await load(temporary);
  } finally {
    await rm(temporary, { force: true });
  }
}

/** Holds two sets of probabilities (clips, labels) against each other. */
export function compare(
  expected: Float32Array,
  actual: Float32Array,
  names: readonly string[],
  labels: number,
): Omit<ParityResult, 'reference' | 'compared'> {
  const otherLabel: string[] = [];
  const undecided: string[] = [];
  let sameLabel = 0;
  let largestDifference = 0;
  names.forEach((name, clip) => {
    const one = expected.subarray(clip * labels, (clip + 1) * labels);
    const other = actual.subarray(clip * labels, (clip + 1) * labels);
    one.forEach((p, label) => {
      const difference = Math.abs(p - other[label]);
      if (!(difference <= largestDifference)) largestDifference = difference; // NaN stays
    });
    const [best, second] = [...one].sort((a, b) => b - a);
    if (indexOfLargest(one) === indexOfLargest(other)) sameLabel++;
    else if (best - second > 2 * PARITY_TOLERANCE) otherLabel.push(name);
    if (best - second <= 2 * PARITY_TOLERANCE) undecided.push(name);
  });
  return {
    clips: names.length,
    sameLabel,
    otherLabel,
    undecided,
    largestDifference,
    tolerance: PARITY_TOLERANCE,
    passed: otherLabel.length === 0 && largestDifference <= PARITY_TOLERANCE,
  };
}
