import { copyFileSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import * as tf from '@tensorflow/tfjs-core';
import { type LayersModel, model, type SymbolicTensor } from '@tensorflow/tfjs-layers';
import { resolveExperiment } from '../../pipeline/experiments/config.js';
import { readPredictions } from '../../pipeline/experiments/predictions.js';
import { readRunConfig, readRunScores } from '../../pipeline/experiments/run-folder.js';
import { openBackend } from '../../pipeline/training/backends/index.js';
import { artifactsOf, loadModel } from '../../pipeline/training/model-folder.js';
import { copyEncoder } from '../../pipeline/workflows/encoder.js';
import { evaluate } from '../../pipeline/workflows/evaluate.js';
import { exportRun } from '../../pipeline/workflows/export-run.js';
import type { Source } from '../../pipeline/workflows/fine-tuning.js';
import { parity } from '../../pipeline/workflows/parity.js';
import { plotRuns } from '../../pipeline/workflows/plot-run.js';
import { resumeRun } from '../../pipeline/workflows/resume-run.js';
import { type TrainRunOptions, trainRun } from '../../pipeline/workflows/train-run.js';
import { writeSmallCorpus } from '../support/cli.js';
import { messageOf } from '../support/message-of.js';

let folder: string;
let data: string;
const lines: string[] = [];
const reporter = { line: (text: string) => void lines.push(text), progress: () => {} };
const at = (name: string) => join(folder, name);
const common = () => ({ cache: at('cache'), skipBad: false, reporter });
const begin = (name: string, settings: string[], more: Partial<TrainRunOptions> = {}) =>
  trainRun({
    ...common(),
    data,
    experiment: resolveExperiment('demo', { epochs: 2 }, ['batchSize=16', 'copies=0', ...settings]),
    preset: 'demo',
    folder: at(name),
    backend: 'wasm',
    ...more,
  });

const fc = ['model=autoencoder-fc', 'model.hidden=[24]', 'model.dimension=6'];
const narrow = ['model.filters=[4,4]', 'model.pools=[4,4]', 'model.dropouts=[0.1,0.1]'];
const hybrid = ['model=cnn-autoencoder', ...narrow];

const weightsOf = async (run: string) => {
  await openBackend('wasm');
  const model = await loadModel(run);
  return new Map(model.weights.map((weight) => [weight.originalName, weight.read().dataSync()]));
};

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'serkit-autoencoders-'));
  data = await writeSmallCorpus(at('corpus'));
  await begin('fc', [...fc, 'epochs=6']);
}, 120_000);
afterAll(() => rm(folder, { recursive: true }));

describe('the run of an autoencoder', () => {
  test('learns to give features back: its error falls, and is that of the saved model', async () => {
    const history = readFileSync(at('fc/metrics.jsonl'), 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(history.at(-1).loss).toBeLessThan(0.9 * history[0].loss); // 0.83 seen
    expect(Object.keys(history[0].watched)).toEqual(['loss']);
    expect(history[0]).not.toHaveProperty('accuracy');
    const { test: scores, keptEpoch, leaks } = await readRunScores(at('fc'));
    expect(leaks).toBe(false);
    const watched = history.map((epoch) => epoch.watched.loss);
    expect(keptEpoch).toBe(1 + watched.indexOf(Math.min(...watched)));
    expect(Object.keys(scores).sort()).toEqual(['examples', 'loss']);
    expect(scores.examples).toBe(10);
    expect(scores.loss).toBeGreaterThan(0);
    // Less than what answering the mean would cost: normalised features have variance 1.
    expect(scores.loss).toBeLessThan(1.1);
  });

  test('is plotted, and refused where labels are asked for', async () => {
    const { files } = await plotRuns({ runs: [at('fc')], format: 'svg', reporter });
    expect(files).toHaveLength(1);
    expect(readFileSync(files[0], 'utf8')).toContain('mean squared error');
    const answersNone = /fc: is an autoencoder's run, which answers no labels; supported: the run of a recogniser$/;
    expect(await messageOf(evaluate({ ...common(), model: at('fc'), data, backend: 'wasm' }))).toMatch(answersNone);
    expect(await messageOf(parity({ ...common(), model: at('fc'), data, backend: 'wasm' }))).toMatch(answersNone);
    expect(await messageOf(exportRun(at('fc'), at('fc.onnx')))).toMatch(answersNone);
  });

  test('learns from further speech: a folder without labels, but not from clips that the corpus has', async () => {
    const speech = at('speech');
    mkdirSync(speech);
    const rows = readFileSync(data, 'utf8').trim().split('\n').slice(1);
    const clips = rows.map((row) => join(dirname(data), row.split(',')[0]));
    const other = await writeSmallCorpusOf('synthetic:7');
    const others = readFileSync(other, 'utf8').trim().split('\n').slice(1, 9);
    for (const [i, row] of others.entries())
      copyFileSync(join(dirname(other), row.split(',')[0]), join(speech, `own-${i}.wav`));
    for (const [i, clip] of clips.slice(0, 3).entries()) copyFileSync(clip, join(speech, `again-${i}.wav`));
    const from = lines.length;
    await begin('with-speech', [...fc, 'epochs=1'], { unlabelled: [speech] });
    expect(lines.slice(from)).toContain('speech: 3 of its clips are in manifest too, and are left out');
    expect(lines.slice(from).some((line) => line.includes(' and 8 without labels, '))).toBe(true);
    const { unlabelled } = await readRunConfig(at('with-speech'));
    expect(unlabelled).toMatchObject([{ data: speech, name: 'speech', clips: 11 }]);
    expect(await messageOf(begin('x', narrow, { unlabelled: [speech] }))).toBe(
      '--unlabelled: cnn learns labels; supported: autoencoders',
    );
    // It goes on with the same speech, and with no other.
    const { experiment } = await readRunConfig(at('with-speech'));
    const more = resolveExperiment(experiment, { epochs: 2 });
    await resumeRun({ ...common(), folder: at('with-speech'), experiment: more });
    rmSync(join(speech, 'own-0.wav'));
    const evenMore = resolveExperiment(experiment, { epochs: 3 });
    expect(await messageOf(resumeRun({ ...common(), folder: at('with-speech'), experiment: evenMore }))).toBe(
      `${speech}: holds other speech than when the run was begun, of 11 clips`,
    );
  });

  async function writeSmallCorpusOf(name: string): Promise<string> {
    const { openCorpus, writeSyntheticCorpus } = await import('../../pipeline/datasets/index.js');
    const corpus = await openCorpus(name);
    return writeSyntheticCorpus({ ...corpus, clips: corpus.clips.slice(0, 10) }, at('other'));
  }
});

describe('a hybrid', () => {
  test('holds the trained encoder as it was: frozen in training, there in the file, the same in onnxruntime', async () => {
    const scores = await begin('hybrid', hybrid, { encoder: at('fc') });
    expect(scores.leaks).toBe(false);
    const [encoder, after] = [await weightsOf(at('fc')), await weightsOf(at('hybrid'))];
    const names = [...encoder.keys()].filter((name) => name.startsWith('encoder_'));
    expect(names).toHaveLength(4);
    for (const name of names) expect(after.get(name)).toEqual(encoder.get(name));
    const [own, was] = [await readRunConfig(at('hybrid')), await readRunConfig(at('fc'))];
    expect(own.experiment.modelOptions).toMatchObject({ encoder: 'autoencoder-fc', hidden: [24], dimension: 6 });
    expect(own.normalisation).toEqual(was.normalisation);
    expect(own.encoder).toMatchObject({ run: at('fc'), trainedOn: [{ corpus: 'manifest', fold: 0 }] });
    const result = await parity({ ...common(), model: at('hybrid'), data, backend: 'wasm' });
    expect([result.passed, result.comparisons]).toEqual([true, [expect.objectContaining({ clips: 10 })]]);
  });

  test('leaves its predictions, which are those of the saved model', async () => {
    const { labels, rows } = await readPredictions(at('hybrid'));
    const { test: scores } = await readRunScores(at('hybrid'));
    const right = rows.filter(({ label, predicted }) => label === predicted).length;
    expect('accuracy' in scores && scores.accuracy).toBeCloseTo(right / rows.length, 12);
    expect(rows.map(({ predicted }) => predicted)).toEqual(
      rows.map(({ probabilities }) => labels[probabilities.indexOf(Math.max(...probabilities))]),
    );
    expect(rows[0]).toMatchObject({ copy: 0, gender: expect.stringMatching(/male$/), intensity: 'normal' });
  });

  test('of several chunks encodes each by itself', async () => {
    await openBackend('wasm');
    const { autoencoderFc, cnnAttentionLstmAutoencoder } = await hybridParts();
    const encoder = { hidden: [7], dimension: 3 };
    const whole = autoencoderFc.build({ shape: [1, 8, 10], labels: 2, seed: 5 }, { ...encoder, dropout: 0 });
    const options = { ...cnnAttentionLstmAutoencoder.defaults, ...encoder, filters: [2], pools: [4], dropouts: [0] };
    const both = cnnAttentionLstmAutoencoder.build({ shape: [2, 8, 10], labels: 2, seed: 9 }, options);
    copyEncoder(both, { artifacts: await artifactsOf(whole), from: { run: 'R' } } as Source);
    const clips = tf.randomNormal([3, 2, 8, 10, 1], 0, 1, 'float32', 3);
    const codes = codeOf(both, 'encoder_code_chunks').predict(clips) as tf.Tensor;
    expect(codes.shape).toEqual([3, 2, 3]);
    const windows = tf.reshape(clips, [6, 8, 10, 1]);
    const expected = codeOf(whole, 'encoder_code').predict(windows) as tf.Tensor;
    expect(await codes.data()).toBeAllClose(await expected.data(), { absolute: 1e-6 });
  });

  const hybridParts = async () => ({
    ...(await import('../../models/autoencoder-fc.js')),
    ...(await import('../../models/cnn-attention-lstm-autoencoder.js')),
  });
  const codeOf = (whole: LayersModel, name: string) =>
    model({ inputs: whole.inputs, outputs: whole.getLayer(name).output as SymbolicTensor });

  test('begun anew before its first checkpoint ends with the same bits', async () => {
    for (const gone of ['checkpoint', 'scores.json']) rmSync(at(join('hybrid', gone)), { recursive: true });
    const once = await readFile(at('hybrid/weights.bin'));
    const { experiment } = await readRunConfig(at('hybrid'));
    await resumeRun({ ...common(), folder: at('hybrid'), experiment });
    expect((await readFile(at('hybrid/weights.bin'))).equals(once)).toBe(true);
  });

  test('leaks where its encoder was trained on its test side, and says so', async () => {
    const { leaks } = await begin('other-fold', [...hybrid, 'fold=1', 'epochs=1'], { encoder: at('fc') });
    expect(leaks).toBe(true);
    expect(lines.at(-1)).toContain('it may know the test side (leaks)');
  });

  test('wants an encoder, one that fits, and no other model takes one', async () => {
    expect(await messageOf(begin('x', hybrid))).toBe(
      'cnn-autoencoder: holds the encoder of a trained autoencoder; give its run: --encoder RUN',
    );
    expect(await messageOf(begin('x', [...hybrid, 'model.dimension=7'], { encoder: at('fc') }))).toBe(
      `model.dimension: is 6 in ${at('fc')}, not 7`,
    );
    expect(await messageOf(begin('x', narrow, { encoder: at('fc') }))).toBe(
      '--encoder: cnn holds none; supported: cnn-autoencoder, cnn-attention-lstm-autoencoder',
    );
    expect(await messageOf(begin('x', hybrid, { encoder: at('hybrid') }))).toBe(
      `${at('hybrid')}: is a cnn-autoencoder, which has no encoder; supported: the run of an autoencoder`,
    );
    expect(await messageOf(begin('x', [...hybrid, 'features=paper-16k'], { encoder: at('fc') }))).toMatch(
      /Samples: is \d+ in the features of .*fc, not \d+$|^\w+: is .* in the features of /,
    );
  });
});
