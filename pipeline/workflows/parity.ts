import { model as buildModel, type LayersModel, type SymbolicTensor } from '@tensorflow/tfjs-layers';
import { load, type Recognizer } from '../../inference/node.js';
import type { Precision } from '../../onnx/index.js';
import type { Example } from '../datasets/index.js';
import { exampleSamples } from '../extraction/clip-job.js';
import type { BackendName } from '../training/backends/backend.js';
import { openBackend } from '../training/backends/index.js';
import { loadModel } from '../training/model-folder.js';
import { predictOutputs } from '../training/predict.js';
import { calibrated } from './calibrate-probabilities.js';
import type { ExportInput } from './export-options.js';
import { attentionLayer, onnxOfRun } from './export-run.js';
import { openData } from './open-data.js';
import { compare, type Predictions } from './parity-compare.js';
import {
  type Comparison,
  judged,
  type ParityProvider,
  parityProviders,
  skipped,
  toleranceOf,
  type Way,
  waysOfRun,
} from './parity-ways.js';
import { type ExtractOptions, extract, toDataset } from './prepare-examples.js';
import { testSideOf } from './test-side.js';
import { openTrained, type TrainedModel } from './trained-model.js';

export interface ParityOptions extends Omit<ExtractOptions, 'seed'> {
  /** A run folder, held against TensorFlow.js; or an `.onnx` file, whose providers are held against the CPU. */
  model: string;
  /** Of a run: the `.onnx` file to hold against it; without one the run is exported afresh. */
  file?: string;
  /** Of a run: what the fresh exports take. Default: features. */
  inputs?: readonly ExportInput[];
  /** Of a run: their precisions. Default: fp32. */
  precisions?: readonly Precision[];
  /** Default: the CPU; of a file alone, all that are there. */
  providers?: readonly ParityProvider[];
  /** Everything that is there; what is not is skipped by name. */
  all?: boolean;
  data: string;
  /** What runs TensorFlow.js. */
  backend: BackendName | 'auto';
}

export interface ParityResult {
  /** What all others are held against. */
  reference: string;
  comparisons: Comparison[];
  /** Something was compared, nothing failed, and nothing that was named was skipped. */
  passed: boolean;
}

/**
 * Are the predictions identical? Each clip of the test side goes several ways: features → tfjs, as in training, and samples
 * → an `.onnx` file alone, as a user's service would, on each provider. The label must be the same wherever the two best
 * probabilities differ by more than twice the tolerance, and no probability may differ by more than the tolerance, nor any
 * chunk's weight where the model has attention. What a smaller precision changes is told.
 */
export async function parity(options: ParityOptions): Promise<ParityResult> {
  const trained = await openTrained(options.model, 'cpu');
  const { reference, names, labels, expected, examples, ways, mustBeThere } =
    trained.kind === 'run' ? await ofRun(trained, options) : await ofFile(trained, options);
  const context = { ...options, seed: trained.provenance.seed };
  const comparisons: Comparison[] = [];
  for (const { way, provider, open } of ways) {
    let recognizer: Recognizer;
    try {
      recognizer = await open();
    } catch (error) {
      if (provider === 'cpu') throw error; // which every machine has: the file is at fault
      comparisons.push(skipped(way, (error as Error).message));
      continue;
    }
    try {
      assertBothHaveAttention(expected, recognizer, options.model);
      const actual = await answersOf(recognizer, examples, context);
      comparisons.push(judged(way, compare(expected, actual, names, labels, toleranceOf(way))));
    } finally {
      await recognizer.dispose();
    }
  }
  const is = (wanted: string) => comparisons.some(({ outcome }) => outcome === wanted);
  const compared = comparisons.some(({ outcome }) => outcome !== 'skipped');
  return { reference, comparisons, passed: compared && !is('failed') && !(mustBeThere && is('skipped')) };
}

/** What is compared with what. */
interface Plan {
  reference: string;
  examples: Example[];
  names: string[];
  labels: number;
  expected: Predictions;
  ways: { way: Way; provider: ParityProvider; open: () => Promise<Recognizer> }[];
  /** Whether a way that cannot be gone fails the whole: it was named. */
  mustBeThere: boolean;
}

type Trained<Kind extends TrainedModel['kind']> = Extract<TrainedModel, { kind: Kind }>;

async function ofRun(trained: Trained<'run'>, options: ParityOptions): Promise<Plan> {
  const { folder, config, provenance, calibration } = trained;
  const { file, data, all, reporter } = options;
  const { labels } = config.corpus;
  const corpus = await openData(data, options.skipBad, reporter);
  const side = testSideOf(corpus, provenance, folder);
  const extracted = await extract(side.examples, config.featureSpec, { ...options, seed: provenance.seed });

  const backend = await openBackend(options.backend);
  const model = await loadModel(folder);
  const dataset = toDataset(extracted, config.featureSpec, config.normalisation, labels);
  const [raw, attention] = await predictOutputs(withAttention(model), dataset);
  const probabilities = calibrated(raw, calibration, labels);
  const expected: Predictions = { probabilities, attention };
  model.dispose();

  const { examples } = extracted;
  const common = {
    ...{ reference: `tfjs ${backend.name}`, examples, names: examples.map(nameOf), labels: labels.length },
    ...{ expected, mustBeThere: !all },
  };
  const { inputs = ['features'], precisions = ['fp32'], providers = ['cpu'] } = options;
  if (file !== undefined) return { ...common, ways: await waysOfFile(file, all ? parityProviders : providers) };
  const ways = waysOfRun(all ? {} : { inputs, precisions, providers }).map(({ provider, ...way }) => ({
    way,
    provider,
    open: async () => load((await onnxOfRun(folder, way)).bytes, { provider }),
  }));
  return { ...common, ways };
}

async function ofFile({ file, recognizer, provenance }: Trained<'onnx'>, options: ParityOptions): Promise<Plan> {
  try {
    if (options.file !== undefined || options.inputs || options.precisions)
      throw new TypeError(
        `${file}: is a file, which has one input and one precision; supported with --file, --input and --precision: a run folder`,
      );
    const corpus = await openData(options.data, options.skipBad, options.reporter);
    const context = { ...options, seed: provenance.seed };
    const { sampleRateHz } = recognizer.metadata;
    const examples = await readable(testSideOf(corpus, provenance, file).examples, sampleRateHz, context);
    const { providers = parityProviders } = options;
    return {
      reference: 'onnxruntime cpu',
      examples,
      names: examples.map(nameOf),
      labels: recognizer.labels.length,
      expected: await answersOf(recognizer, examples, context),
      ways: await waysOfFile(
        file,
        providers.filter((provider) => provider !== 'cpu'),
      ),
      mustBeThere: options.providers !== undefined,
    };
  } finally {
    await recognizer.dispose();
  }
}

/** One file on several providers; what it takes and how it computes it says itself. */
async function waysOfFile(file: string, providers: readonly ParityProvider[]): Promise<Plan['ways']> {
  const recognizer = await load(file, { provider: 'cpu' });
  const { input, precision = 'fp32' } = recognizer.metadata;
  await recognizer.dispose();
  return waysOfRun({ inputs: [input], precisions: [precision], providers }).map(({ provider, ...way }) => ({
    ...{ way, provider },
    open: () => load(file, { provider }),
  }));
}

/** Every clip through the file alone, from its samples on. */
async function answersOf(
  recognizer: Recognizer,
  examples: readonly Example[],
  { seed, reporter, signal }: ExtractOptions,
): Promise<Predictions> {
  const { labels, metadata, provider } = recognizer;
  const { sampleRateHz, featureSpec } = metadata;
  const chunks = featureSpec.chunkStartsSeconds.length;
  const probabilities = new Float32Array(examples.length * labels.length);
  const attention = metadata.attention && new Float32Array(examples.length * chunks);
  for (const [i, example] of examples.entries()) {
    signal?.throwIfAborted();
    const samples = await exampleSamples(example, seed, sampleRateHz);
    const answer = await recognizer.classify(samples, { sampleRateHz });
    probabilities.set(
      labels.map((label) => answer.probabilities[label]),
      i * labels.length,
    );
    attention?.set(answer.attention?.map(({ weight }) => weight) ?? [Number.NaN], i * chunks);
    reporter.progress(`parity ${provider}`, i + 1, examples.length);
  }
  return { probabilities, attention };
}

/** All examples, or with `--skip-bad` those whose recording can be read. */
async function readable(
  examples: Example[],
  sampleRateHz: number,
  { seed, skipBad, reporter }: ExtractOptions,
): Promise<Example[]> {
  if (!skipBad) return examples;
  const kept: Example[] = [];
  for (const example of examples)
    await exampleSamples(example, seed, sampleRateHz).then(
      () => kept.push(example),
      (error: Error) => reporter.line(`skipped ${error.message}`), // it begins with the file
    );
  return kept;
}

/** The model with its attention weights, where it has such, as a second output. */
export function withAttention(model: LayersModel): LayersModel {
  const layer = model.layers.find(({ name }) => name === attentionLayer);
  if (!layer) return model;
  return buildModel({ inputs: model.inputs, outputs: [...model.outputs, layer.output as SymbolicTensor] });
}

const nameOf = ({ clip, copy }: Example): string => (copy === 0 ? clip.id : `${clip.id} (copy ${copy})`);

function assertBothHaveAttention({ attention }: Predictions, { name, metadata }: Recognizer, run: string): void {
  if ((attention === undefined) === (metadata.attention === undefined)) return;
  const [has, lacks] = attention ? [run, name] : [name, run];
  throw new TypeError(`${name}: ${has} has attention and ${lacks} has none; compare with a fresh export of the run`);
}
