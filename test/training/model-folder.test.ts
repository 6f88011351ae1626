import { mkdtemp, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { openBackend } from '../../pipeline/training/backends/index.js';
import { loadModel, readArtifacts, saveModel } from '../../pipeline/training/model-folder.js';
import { predictDataset } from '../../pipeline/training/predict.js';
import { narrowCnn, stripes } from './toy.js';

let folder: string;

beforeAll(async () => {
  await openBackend('wasm');
});

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'serkit-model-'));
});

afterEach(async () => {
  await rm(folder, { recursive: true });
});

describe('a model folder', () => {
  test('gives back a model that predicts the same, and holds two files', async () => {
    const model = narrowCnn(1);
    const data = stripes(5, 'saved');
    await saveModel(model, join(folder, 'new', 'run'));
    expect((await readdir(join(folder, 'new', 'run'))).sort()).toEqual(['model.json', 'weights.bin']);
    const loaded = await loadModel(join(folder, 'new', 'run'));
    expect(await predictDataset(loaded, data)).toBeAllClose(await predictDataset(model, data), { absolute: 0 });
    expect(loaded.countParams()).toBe(model.countParams());
  });

  test('is overwritten by a second save', async () => {
    await saveModel(narrowCnn(1), folder);
    await saveModel(narrowCnn(2), folder);
    const data = stripes(5, 'saved');
    const loaded = await predictDataset(await loadModel(folder), data);
    expect(loaded).toBeAllClose(await predictDataset(narrowCnn(2), data), { absolute: 0 });
  });

  test('reads weights that are in several files, in the order of the manifest', async () => {
    await saveModel(narrowCnn(1), folder);
    const path = join(folder, 'model.json');
    const description = JSON.parse(await readFile(path, 'utf8'));
    const whole = await readFile(join(folder, 'weights.bin'));
    await writeFile(join(folder, 'b.bin'), whole.subarray(0, 101));
    await writeFile(join(folder, 'a.bin'), whole.subarray(101));
    description.weightsManifest[0].paths = ['b.bin', 'a.bin'];
    await writeFile(path, JSON.stringify(description));
    const { weightData } = await readArtifacts(folder);
    expect(Buffer.from(weightData as ArrayBuffer).equals(whole)).toBe(true);
  });
});

describe('a spoilt model folder is an error that names the file', () => {
  beforeEach(() => saveModel(narrowCnn(1), folder));

  const refusal = async (): Promise<Error> => {
    const error = await loadModel(folder).then(
      () => new Error('was loaded'),
      (reason: Error) => reason,
    );
    expect(error.message).not.toContain('\n');
    return error;
  };

  test.each(['model.json', 'weights.bin'])('without %s', async (name) => {
    await rm(join(folder, name));
    expect((await refusal()).message).toBe(
      `${join(folder, name)}: is missing; supported: a TensorFlow.js layers model with its weights`,
    );
  });

  test('weights cut short, or with more than the model describes', async () => {
    const path = join(folder, 'weights.bin');
    const whole = await readFile(path);
    await truncate(path, whole.length - 4);
    const expected = `model.json describes ${whole.length}`;
    expect((await refusal()).message).toBe(`${folder}: the weights are ${whole.length - 4} bytes, ${expected}`);
    await writeFile(path, Buffer.concat([whole, Buffer.alloc(8)]));
    expect((await refusal()).message).toBe(`${folder}: the weights are ${whole.length + 8} bytes, ${expected}`);
  });

  test.each([
    ['not JSON', '{"modelTopology": ', SyntaxError, 'is not JSON; supported: a TensorFlow.js layers model'],
    ['empty', '', SyntaxError, 'is not JSON'],
    ['null', 'null', TypeError, 'has no modelTopology and weightsManifest'],
    ['other JSON', '{"epochs": 3}', TypeError, 'has no modelTopology and weightsManifest'],
  ])('model.json is %s', async (_, text, kind, message) => {
    const path = join(folder, 'model.json');
    await writeFile(path, text);
    const error = await refusal();
    expect(error).toBeInstanceOf(kind);
    expect(error.message).toContain(`${path}: ${message}`);
  });
});
