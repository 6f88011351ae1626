import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { model as buildModel, type LayersModel, type SymbolicTensor } from '@tensorflow/tfjs-layers';
import { load, type Recognizer } from '../../inference/node.js';
import { exampleSamples } from '../extraction/clip-job.js';
import type { BackendName } from '../training/backends/backend.js';
import { openBackend } from '../training/backends/index.js';
import { indexOfLargest } from '../training/metrics.js';
import { loadModel } from '../training/model-folder.js';
import { predictOutputs } from '../training/predict.js';
import { calibrated } from './calibrate-probabilities.js';
import type { ExportInput } from './export-options.js';
import { attentionLayer, exportRun } from './export-run.js';
import { openData } from './open-data.js';
import { type ExtractOptions, extract, toDataset } from './prepare-examples.js';
import { testSideOf } from './test-side.js';
import { openTrained } from './trained-model.js';

/** Largest difference of a probability that still counts as the same prediction. Seen on RAVDESS: see README. */
export const PARITY_TOLERANCE = 1e-5;

/**
 * The same of a file that takes a waveform, whose features differ from Meyda's by up to 1.4e-5. Seen: 6.6e-7 (the report's CNN on
 * 300 clips of RAVDESS), 2.1e-7 (the demo's model on 105 synthetic ones).
 */
export const WAVEFORM_TOLERANCE = 2e-5;

export interface ParityOptions extends Omit<ExtractOptions, 'seed'> {
  /** A run folder: what was trained. */
  run: string;
  /** The `.onnx` file to hold against it; without one the run is exported to a temporary file. */
  file?: string;
  /** What that fresh export takes. Default: features. */
  input?: ExportInput;
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
  /** Largest difference of a chunk's weight; absent where the model has no attention. */
  largestAttentionDifference?: number;
  tolerance: number;
  passed: boolean;
}

/**
 * Are the predictions identical? Each clip of the run's test side goes two ways: features → tfjs, as in training, and
 * samples → the `.onnx` file alone, as a user's service would. The label must be the same wherever the two best
 * probabilities differ by more than twice the tolerance, and no probability may differ by more than the tolerance, nor
 * any chunk's weight where the model has attention.
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
  const dataset = toDataset(extracted, config.featureSpec, config.normalisation, labels);
  const [raw, attention] = await predictOutputs(withAttention(model), dataset);
  const probabilities = calibrated(raw, trained.calibration, labels);
  const expected: Predictions = { probabilities, attention };
  model.dispose();

  const recognizer = await openExported(run, options);
  try {
    assertBothHaveAttention(expected, recognizer, run);
    const actual: Predictions = {
      probabilities: new Float32Array(probabilities.length),
      attention: attention && new Float32Array(attention.length),
    };
    for (const [i, example] of extracted.examples.entries()) {
      signal?.throwIfAborted();
      const { sampleRateHz } = config.featureSpec;
      const samples = await exampleSamples(example, provenance.seed, sampleRateHz);
      const answer = await recognizer.classify(samples, { sampleRateHz });
      actual.probabilities.set(
        labels.map((label) => answer.probabilities[label]),
        i * labels.length,
      );
      const weights = config.featureSpec.chunkStartsSeconds.map((_, chunk) => answer.attention?.[chunk]?.weight ?? NaN);
      actual.attention?.set(weights, i * weights.length);
      reporter.progress('parity', i + 1, extracted.examples.length);
    }
    const names = extracted.examples.map(({ clip, copy }) => (copy === 0 ? clip.id : `${clip.id} (copy ${copy})`));
    const tolerance = recognizer.metadata.input === 'waveform' ? WAVEFORM_TOLERANCE : PARITY_TOLERANCE;
    const result = compare(expected, actual, names, labels.length, tolerance);
    return { reference: `tfjs ${backend.name}`, compared: `onnxruntime ${recognizer.provider}`, ...result };
  } finally {
    await recognizer.dispose();
  }
}

/** The model with its attention weights, where it has such, as a second output. */
function withAttention(model: LayersModel): LayersModel {
  const layer = model.layers.find(({ name }) => name === attentionLayer);
  if (!layer) return model;
  return buildModel({ inputs: model.inputs, outputs: [...model.outputs, layer.output as SymbolicTensor] });
}

function assertBothHaveAttention({ attention }: Predictions, { name, metadata }: Recognizer, run: string): void {
  if ((attention === undefined) === (metadata.attention === undefined)) return;
  const [has, lacks] = attention ? [run, name] : [name, run];
  throw new TypeError(`${name}: ${has} has attention and ${lacks} has none; compare with a fresh export of the run`);
}

async function openExported(run: string, { file, input }: ParityOptions): Promise<Recognizer> {
  if (file !== undefined) return load(file);
  const temporary = join(tmpdir(), `serkit-parity-${process.pid}.onnx`);
  try {
    await exportRun(run, temporary, { input });
    return await load(temporary);
  } finally {
    await rm(temporary, { force: true });
  }
}

/** What one way of computing gave for all clips. */
export interface Predictions {
  probabilities: Float32Array; // (clips, labels)
  attention?: Float32Array; // (clips, chunks)
}

/** Holds two sets of predictions against each other. */
export function compare(
  expected: Predictions,
  actual: Predictions,
  names: readonly string[],
  labels: number,
  tolerance = PARITY_TOLERANCE,
): Omit<ParityResult, 'reference' | 'compared'> {
  const otherLabel: string[] = [];
  const undecided: string[] = [];
  let sameLabel = 0;
  names.forEach((name, clip) => {
    const one = expected.probabilities.subarray(clip * labels, (clip + 1) * labels);
    const other = actual.probabilities.subarray(clip * labels, (clip + 1) * labels);
    const [best, second] = [...one].sort((a, b) => b - a);
    if (indexOfLargest(one) === indexOfLargest(other)) sameLabel++;
    else if (best - second > 2 * tolerance) otherLabel.push(name);
    if (best - second <= 2 * tolerance) undecided.push(name);
  });
  const largest = largestDifference(expected.probabilities, actual.probabilities);
  const ofAttention = expected.attention && actual.attention && largestDifference(expected.attention, actual.attention);
  return {
    clips: names.length,
    sameLabel,
    otherLabel,
    undecided,
    largestDifference: largest,
    ...(ofAttention !== undefined && { largestAttentionDifference: ofAttention }),
    tolerance,
    passed: otherLabel.length === 0 && largest <= tolerance && (ofAttention ?? 0) <= tolerance,
  };
}

/** NaN where one of the values is. */
const largestDifference = (a: Float32Array, b: Float32Array): number =>
  a.reduce((largest, value, i) => Math.max(largest, Math.abs(value - b[i])), 0);
