import { existsSync, readFileSync } from 'node:fs';
import { cp, mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { toOnnx } from '../../onnx/index.js';
import { encodeWav } from '../../pipeline/audio/index.js';
import { readArtifacts } from '../../pipeline/training/model-folder.js';
import { type Answer, serkit, temporaryFolder, trainSmall, writeSmallCorpus } from '../support/cli.js';

let folder: string;
let data: string;
let run: string;
let model: string;
const at = (...parts: string[]) => join(folder, ...parts);

beforeAll(async () => {
  folder = await temporaryFolder();
  data = await writeSmallCorpus(at('corpus'));
  run = at('run');
  model = at('model.onnx');
  expect((await trainSmall(data, at('cache'), run)).code).toBe(0);
  expect((await serkit(['export', run, '-o', model])).code).toBe(0);
}, 120_000);
afterAll(() => rm(folder, { recursive: true, force: true }));

/** One line that names the file and says what is wrong; no stack trace, nothing on stdout. */
function expectOneLine({ code, stdout, stderr }: Answer, exitCode: number, ...says: (string | RegExp)[]): void {
  const lines = stderr.trim().split('\n');
  expect(lines).toHaveLength(1);
  for (const text of says) expect(lines[0]).toMatch(text);
  expect(lines[0]).not.toMatch(/^\s+at /);
  expect(stdout).toBe('');
  expect(code).toBe(exitCode);
}

/** A WAV of 0.5 s with fields of its `fmt ` chunk, or its sizes, changed. */
function wav(change: (view: DataView) => void): Uint8Array {
  const bytes = encodeWav(new Float32Array(8000).fill(0.1), 16_000);
  change(new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength));
  return bytes;
}

/** A 32-bit float WAV that holds NaN. */
function nanWav(): Uint8Array {
  const bytes = wav((view) => {
    view.setUint16(20, 3, true); // IEEE float
    view.setUint16(34, 32, true);
    view.setUint16(32, 4, true);
    view.setUint32(28, 64_000, true);
  });
  new DataView(bytes.buffer, bytes.byteOffset).setFloat32(44, Number.NaN, true);
  return bytes;
}

describe('predict', () => {
  const whole = wav(() => {});
  test.each<[string, Uint8Array, RegExp]>([
    ['empty', new Uint8Array(0), /empty/],
    ['header alone', whole.slice(0, 44), /44|promises|short|samples/],
    ['cut short', whole.slice(0, 5000), /short|promises/],
    ['a size that lies', wav((view) => view.setUint32(16, 0x7000_0000, true)), /fmt|chunk|size|short/],
    ['0 channels', wav((view) => view.setUint16(22, 0, true)), /channel/],
    ['0 Hz', wav((view) => view.setUint32(24, 0, true)), /Hz|rate/],
    ['12-bit', wav((view) => view.setUint16(34, 12, true)), /12-bit.*8, 16, 24, 32/],
    ['NaN samples', nanWav(), /NaN|finite/],
    ['text', new TextEncoder().encode('Dear reader, this is not a recording at all.'), /supported|WAV/],
  ])('%s: one line that names the file', async (name, bytes, says) => {
    const file = at(`${name.replaceAll(' ', '-')}.wav`);
    await writeFile(file, bytes);
    expectOneLine(await serkit(['predict', model, file]), 1, file, says);
  });

  test('a recording or a model that is not there', async () => {
    expectOneLine(await serkit(['predict', model, at('none.wav')]), 1, 'none.wav: is not there');
    expectOneLine(await serkit(['predict', at('none.onnx'), at('none.wav')]), 1, 'none.onnx: is not there');
  });

  test("somebody else's .onnx, and one of an unknown feature version", async () => {
    const artifacts = await readArtifacts(run);
    await writeFile(at('plain.onnx'), toOnnx(artifacts));
    expectOneLine(await serkit(['predict', at('plain.onnx'), model]), 1, 'plain.onnx: not written by serkit');
    const bytes = readFileSync(model);
    const key = Buffer.from('serkit.feature_version');
    bytes[bytes.indexOf(key) + key.length + 2] = '7'.charCodeAt(0); // past the value's tag and length
    await writeFile(at('version7.onnx'), bytes);
    const version = await serkit(['predict', at('version7.onnx'), model]);
    expectOneLine(version, 1, 'version7.onnx', /feature version 7/);
  });

  test('silence and a clip shorter than the window get an answer and a warning', async () => {
    await writeFile(at('silence.wav'), encodeWav(new Float32Array(48_000), 16_000));
    await writeFile(
      at('short.wav'),
      encodeWav(
        Float32Array.from({ length: 4800 }, (_, i) => Math.sin(i / 9) / 2),
        16_000,
      ),
    );
    const { code, stdout } = await serkit(['predict', model, at('silence.wav'), at('short.wav')]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/silence\.wav: \w+(, unsure)? .*\n {2}warning: .*silen/);
    expect(stdout).toMatch(/short\.wav: \w+(, unsure)? .*\n {2}warning: .*shorter/);
  });
});

describe('corpora', () => {
  test('a folder that is not there, an empty one, a label unknown to RAVDESS', async () => {
    expectOneLine(await serkit(['data', 'check', at('nowhere')]), 1, at('nowhere'));
    await mkdir(at('hollow'));
    expectOneLine(await serkit(['data', 'check', at('hollow')]), 1, at('hollow'));
    await mkdir(at('ravdess', 'Actor_01'), { recursive: true });
    const good = wav(() => {});
    await writeFile(at('ravdess', 'Actor_01', '03-01-05-01-01-01-01.wav'), good);
    await writeFile(at('ravdess', 'Actor_01', '03-01-09-01-01-01-01.wav'), good);
    const { code, stdout } = await serkit(['data', 'check', `ravdess:${at('ravdess')}`]);
    expect(stdout).toMatch(/problems: 1\n.*03-01-09-01-01-01-01\.wav: .*09/);
    expect(code).toBe(1);
  });

  test('one bad file ends the work, and is reported and skipped only where --skip-bad says so', async () => {
    await cp(at('corpus'), at('dented'), { recursive: true });
    const manifest = join(at('dented'), 'manifest.csv');
    const [, path] = /\n([^,\n]+\.wav)/.exec(readFileSync(manifest, 'utf8'))!;
    await writeFile(at('dented', path), 'not sound');
    const args = ['features', manifest, '--preset', 'demo', '--copies', '0'];
    expectOneLine(await serkit([...args, '-o', at('cache2')]), 1, path);
    const skipped = await serkit([...args, '-o', at('cache2'), '--skip-bad']);
    expect(skipped.code).toBe(0);
    expect(skipped.stdout).toContain('44 examples');
    expect(skipped.stderr).toContain(path);
  });
});

test('a cache in the place of a file', async () => {
  await writeFile(at('file'), '');
  expectOneLine(
    await serkit(['features', data, '--preset', 'demo', '-o', at('file')]),
    1,
    `${at('file')}: can't be made`,
  );
});

describe('runs', () => {
  test.each(['config.json', 'scores.json', 'model.json', 'weights.bin'])('a run without %s', async (missing) => {
    const broken = at(`without-${missing}`);
    await cp(run, broken, { recursive: true });
    await rm(join(broken, missing));
    const output = at(`${missing}.onnx`);
    expectOneLine(await serkit(['export', broken, '-o', output]), 1, join(broken, missing), 'missing');
    expect(existsSync(output)).toBe(false);
  });

  test('a run is never overwritten', async () => {
    const { code, stderr } = await trainSmall(data, at('cache'), run);
    expect(code).toBe(1);
    expect(stderr.trim().split('\n').at(-1)).toContain(`${run}: holds a run already`);
  });
});

describe('wrong usage: exit code 2', () => {
  test.each<[string, string[], RegExp]>([
    ['an unknown command', ['sing'], /sing/],
    ['no command', [], /which command/],
    ['an unknown option', ['doctor', '--loud'], /loud/],
    ['a missing option', ['train'], /data/],
    ['an unknown choice', ['train', '--data', 'synthetic', '--protocol', 'fair'], /protocol|fair/],
    ['an unknown model', ['train', '--data', 'synthetic', '--model', 'rnn'], /rnn.*cnn/],
    ['no run to resume', ['train', '--resume'], /-o RUN/],
    ['resume and from', ['train', '--resume', '-o', 'x', '--from', 'y'], /resume|from/],
    [
      'early stopping by the test side',
      ['train', '--data', 'synthetic', '--protocol', 'paper', '--set', 'patience=3'],
      /patience.*speaker-independent/,
    ],
    ['an unknown setting', ['train', '--data', 'synthetic', '--set', 'speed=3'], /speed.*learningRate/],
  ])('%s', async (_, args, says) => {
    expectOneLine(await serkit(args), 2, says);
  });
});
