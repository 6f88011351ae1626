import type { Precision, Ranges, ToOnnxOptions } from '../../onnx/index.js';
import type { Corpus, Example } from '../datasets/index.js';
import { exampleSamples } from '../extraction/clip-job.js';
import { type FeatureSpec, featureShape, type Normalisation, normalise } from '../features/index.js';
import { modelShape } from '../training/dataset.js';
import { type Batch, calibrate } from './calibrate.js';
import type { ExportInput } from './export-options.js';
import { fingerprintOf, openData } from './open-data.js';
import { measureChange, type PrecisionChange } from './precision-change.js';
import { type ExtractOptions, extract } from './prepare-examples.js';
import { isOfCorpus, type Provenance, testSideOf } from './test-side.js';

export interface PrecisionOptions extends Omit<ExtractOptions, 'seed'> {
  precision: Precision;
  /** For int8: clips whose features tell the ranges of values; of the run's own corpus, those that it is not tested on. */
  calibrate?: string;
  /** Clips to measure the change on. */
  data?: string;
}

/** A run as its precision is decided. */
export interface PreciseRun {
  readonly name: string;
  readonly provenance: Provenance;
  readonly featureSpec: FeatureSpec;
  readonly normalisation: Normalisation;
  /** What the file takes. */
  readonly input: ExportInput;
  /** The file in some precision. */
  write(options: Pick<ToOnnxOptions, 'precision' | 'ranges'>): Uint8Array;
}

/** The file of a run in a precision, and what that changed where there is data to measure it on. */
export async function inPrecision(
  run: PreciseRun,
  options: PrecisionOptions,
): Promise<{ bytes: Uint8Array; change?: PrecisionChange }> {
  const { precision, data } = options;
  if (options.calibrate !== undefined && precision !== 'int8')
    throw new TypeError(`--calibrate is for --precision int8, not for ${precision}`);
  const whole = run.write({ precision: 'fp32' });
  if (precision === 'fp32') return { bytes: whole };
  const ranges = options.calibrate === undefined ? undefined : await rangesOf(run, whole, options.calibrate, options);
  const bytes = run.write({ precision, ranges });
  if (data === undefined) return { bytes };
  const { name, provenance } = run;
  return { bytes, change: await measureChange(whole, bytes, { ...options, data, provenance, name }) };
}

/** So many clips tell the ranges; more change them little. */
const calibrationClips = 128;

async function rangesOf(run: PreciseRun, file: Uint8Array, data: string, options: PrecisionOptions): Promise<Ranges> {
  const corpus = await openData(data, options.skipBad, options.reporter);
  const all = examplesOf(corpus, run.provenance, run.name);
  const step = Math.max(1, all.length / calibrationClips);
  const chosen = Array.from({ length: Math.min(all.length, calibrationClips) }, (_, i) => all[Math.floor(i * step)]);
  return calibrate(file, run.input === 'waveform' ? await heard(run, chosen) : await seen(run, chosen, options));
}

/** The clips' normalised features. */
async function seen(
  { featureSpec, normalisation, provenance }: PreciseRun,
  examples: Example[],
  options: PrecisionOptions,
): Promise<Batch[]> {
  const { features } = await extract(examples, featureSpec, { ...options, seed: provenance.seed });
  const shape = featureShape(featureSpec);
  return features.map((values) => ({
    values: normalise(values, shape, normalisation),
    shape: [1, ...modelShape(shape)],
  }));
}

/** The clips' samples. */
const heard = ({ featureSpec, provenance }: PreciseRun, examples: Example[]): Promise<Batch[]> =>
  Promise.all(
    examples.map(async (example) => {
      const values = await exampleSamples(example, provenance.seed, featureSpec.sampleRateHz);
      return { values, shape: [1, values.length] };
    }),
  );

/** Of the corpus that was trained on all recordings but those of the test side: they tell nothing. */
function examplesOf(corpus: Corpus, provenance: Provenance, name: string): Example[] {
  const all = corpus.clips.map((clip) => ({ clip, copy: 0 }));
  if (!isOfCorpus(provenance, { corpus: corpus.name, fingerprint: fingerprintOf(corpus) })) return all;
  const test = new Set(testSideOf(corpus, provenance, name).examples.map(({ clip }) => clip));
  return all.filter(({ clip }) => !test.has(clip));
}
