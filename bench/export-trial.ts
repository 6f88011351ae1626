import { median } from 'd3-array';
import { toOnnx } from '../onnx/index.js';
import { type LoadedModel, largestGap, loadOnnx, loadTfjs, type OnnxModel } from './answers.js';
import { type Example, randomExamples, type SavedModel } from './saved-models.js';
import { pairedRatio, type Ratio, throughput } from './statistics.js';

/** What became of one model. */
export interface Trial {
  model: string;
  format: string;
  serkit: Attempt;
  tf2onnx?: Attempt;
  /** Inferences a second of serkit's file against tf2onnx's, paired by round. */
  timesTf2onnx?: Ratio;
  /** Why TensorFlow.js itself does not run the model, where it does not. */
  tfjsRefuses?: string;
}

/** A file and how good it is, or why there is none. */
export interface Attempt {
  refused?: string;
  nodes?: number;
  bytes?: number;
  /** Of the conversion alone. */
  seconds?: number;
  /** Largest difference as a share of an output's largest number. */
  gap?: { tfjs?: number; tensorflow?: number };
  /** Of an inference with the first example, on one thread of onnxruntime; a median. */
  milliseconds?: number;
}

/** Rounding adds up to less; a larger difference is another answer. */
const largestRounding = 1e-3;

/** Whether a file was made, runs, and gives the answers of every reference that there is. */
export const isRight = ({ refused, gap = {} }: Attempt): boolean =>
  refused === undefined && Object.values(gap).every((value) => value <= largestRounding);

/** Makes the file; a tf2onnx of `peer` makes it of the same model. */
export type Exporter = () => Promise<{ bytes: Uint8Array; seconds: number }>;

/** Our own exporter, one conversion. */
export const serkit =
  ({ artifacts }: SavedModel): Exporter =>
  async () => {
    const started = performance.now();
    const bytes = toOnnx(artifacts);
    return { bytes, seconds: (performance.now() - started) / 1000 };
  };

interface Entry {
  attempt: Attempt;
  onnx?: OnnxModel;
}

/**
 * Exports a model, runs every example of it in TensorFlow.js on the active backend and in onnxruntime, and times the
 * files in turn: in each round one inference of each after one that does not count.
 *
 * @param rounds 0 to time nothing
 */
export async function tryModel(
  model: SavedModel,
  { rounds, peer }: { rounds: number; peer?: Exporter },
): Promise<Trial> {
  const trial: Trial = { model: model.name, format: model.modelJson.format ?? 'layers-model', serkit: {} };
  const ours = await enter(serkit(model), {});
  const theirs = peer && (await enter(peer, portNames(model)));
  const entries = [ours, theirs].filter((entry) => entry !== undefined);
  try {
    const examples = examplesFor(model, ours);
    await compare(trial, model, examples, entries);
    const running = entries.filter((entry): entry is Required<Entry> => entry.onnx !== undefined);
    const times = await timed(running, examples[0], rounds);
    if (running.length === 2 && rounds > 0 && running.every(({ attempt }) => isRight(attempt)))
      trial.timesTf2onnx = pairedRatio(throughput(times[0], 1), throughput(times[1], 1));
  } finally {
    for (const { onnx } of entries) await onnx?.dispose();
  }
  return { ...trial, serkit: ours.attempt, tf2onnx: theirs?.attempt };
}

/** What goes wrong, in conversion or at load, is the attempt's refusal. */
async function enter(exporter: Exporter, names: Readonly<Record<string, string>>): Promise<Entry> {
  try {
    const { bytes, seconds } = await exporter();
    const attempt: Attempt = { bytes: bytes.length, seconds, gap: {} };
    try {
      const onnx = await loadOnnx(bytes, names);
      return { attempt: { ...attempt, nodes: onnx.nodes }, onnx };
    } catch (error) {
      return { attempt: { ...attempt, refused: `onnxruntime: ${oneLine(error)}` } };
    }
  } catch (error) {
    return { attempt: { refused: oneLine(error) } };
  }
}

function examplesFor(model: SavedModel, { onnx }: Entry): readonly Example[] {
  if (model.examples.length > 0) return model.examples;
  return onnx ? randomExamples(model.name, onnx.inputs) : [];
}

/** tf2onnx keeps the tensors' names of the graph; the signature says what they are called outside. */
function portNames({ modelJson }: SavedModel): Record<string, string> {
  const { inputs = {}, outputs = {} } = (modelJson.signature ?? {}) as Record<string, Record<string, { name: string }>>;
  const named = [...Object.entries(inputs), ...Object.entries(outputs)];
  return Object.fromEntries(named.map(([name, tensor]) => [tensor.name, name]));
}

async function compare(
  trial: Trial,
  model: SavedModel,
  examples: readonly Example[],
  entries: readonly Entry[],
): Promise<void> {
  let tfjs: LoadedModel | undefined;
  try {
    tfjs = await loadTfjs(model);
  } catch (error) {
    trial.tfjsRefuses = oneLine(error);
  }
  for (const { inputs, outputs } of examples) {
    const expected = { tensorflow: outputs, tfjs: undefined as typeof outputs };
    try {
      expected.tfjs = await tfjs?.run(inputs);
    } catch (error) {
      trial.tfjsRefuses = oneLine(error);
    }
    for (const entry of entries) await widen(entry, inputs, expected);
  }
  await tfjs?.dispose();
}

async function widen(
  entry: Entry,
  inputs: Example['inputs'],
  expected: { tfjs?: Example['outputs']; tensorflow?: Example['outputs'] },
): Promise<void> {
  const { attempt, onnx } = entry;
  if (!onnx) return;
  try {
    const actual = await onnx.run(inputs);
    for (const reference of ['tfjs', 'tensorflow'] as const) {
      const outputs = expected[reference];
      if (outputs) attempt.gap![reference] = Math.max(attempt.gap![reference] ?? 0, largestGap(actual, outputs));
    }
  } catch (error) {
    attempt.refused = `onnxruntime: ${oneLine(error)}`;
    await onnx.dispose();
    entry.onnx = undefined;
  }
}

/** Milliseconds of each, round by round. */
async function timed(
  entries: readonly Required<Entry>[],
  example: Example | undefined,
  rounds: number,
): Promise<number[][][]> {
  const times: number[][][] = entries.map(() => []); // (entries, rounds, 3)
  for (let round = 0; round < rounds && example; round++)
    for (const [i, { onnx }] of entries.entries()) {
      await onnx.time(example.inputs);
      times[i].push([]);
      for (let run = 0; run < 3; run++) times[i][round].push(await onnx.time(example.inputs));
    }
  for (const [i, { attempt }] of entries.entries())
    if (times[i].length > 0) attempt.milliseconds = median(times[i].flat());
  return times;
}

const oneLine = (error: unknown): string =>
  (error as Error).message
    .trim()
    .replace(/\s*\n\s*/g, ' ')
    .slice(0, 400);
