import { appendFileSync, existsSync, readFileSync, statSync } from 'node:fs';
import { link, mkdir, rm, symlink, truncate, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { parse } from 'csv-parse/sync';
import { encodeWav } from '../../pipeline/audio/index.js';
import { uniformNoise } from '../features/signals.js';
import { tinyFile, tinyMetadata } from '../inference/tiny.js';
import { type Answer, serkit, temporaryFolder } from '../support/cli.js';

let folder: string;
let model: string;

const noise = (seed: number, seconds = 0.6) =>
  encodeWav(Float32Array.from(uniformNoise(48_000 * seconds, seed)), 48_000);
const at = (...names: string[]) => join(folder, ...names);
const table = (path: string): Record<string, string>[] => parse(readFileSync(path), { columns: true });

beforeAll(async () => {
  folder = await temporaryFolder();
  model = at('model.onnx');
  await writeFile(model, await tinyFile({ 'serkit.unsure_below': '0.6' }));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('predict over a folder', () => {
  /** Good recordings under awkward names, and what is no recording. */
  const good = ['a.wav', 'b, "quoted".WAV', 'deep/er/c.wav', 'line\nend.wav', 'ä 語.wav'];
  const bad = ['cut.wav', 'empty.mp3', 'nan.wav', 'nowhere.flac', 'text.ogg'];
  let answer: Answer;

  beforeAll(async () => {
    await mkdir(at('mixed', 'deep', 'er'), { recursive: true });
    for (const [i, name] of good.entries()) await writeFile(at('mixed', name), noise(i));
    await writeFile(at('mixed', 'cut.wav'), noise(1));
    await truncate(at('mixed', 'cut.wav'), 1000);
    await writeFile(at('mixed', 'empty.mp3'), '');
    const floats = Buffer.alloc(8);
    floats.writeFloatLE(Number.NaN, 4);
    const header = Buffer.from(
      '524946462c00000057415645666d7420100000000300010080bb000000ee02000400200064617461',
      'hex',
    );
    await writeFile(at('mixed', 'nan.wav'), Buffer.concat([header, Buffer.from([8, 0, 0, 0]), floats]));
    await symlink(at('not there'), at('mixed', 'nowhere.flac'));
    await writeFile(at('mixed', 'text.ogg'), 'This is no sound.');
    await writeFile(at('mixed', 'notes.txt'), 'passed over');
    answer = await serkit(['predict', model, at('mixed'), '-o', at('mixed.csv')]);
  }, 60_000);

  test('a row for each recording in sorted order, the bad ones with their reason, and exit code 1', () => {
    const rows = table(at('mixed.csv'));
    const names = [...good.map((name) => name.replace('\n', '\\n')), ...bad].sort();
    expect(rows.map(({ file }) => file)).toEqual(names.map((name) => at('mixed', name)));
    const failed = rows.filter(({ error }) => error);
    expect(failed.map(({ file }) => file.slice(at('mixed').length + 1))).toEqual(bad);
    for (const { file, error, label, p_calm: p } of failed) {
      expect([label, p]).toEqual(['', '']);
      expect(answer.stdout).toContain(`  ${file}: ${error}\n`.trimEnd());
    }
    const reasons = failed.map(({ error }) => error).join('; ');
    for (const reason of ['cut short', 'the file is empty', 'NaN', 'is not there', 'not a sound file'])
      expect(reasons).toContain(reason);
    expect(answer.code).toBe(1);
    expect(answer.stdout).toContain('10 recordings, 10 now');
  });

  test('the numbers are those of a single predict', async () => {
    const rows = table(at('mixed.csv')).filter(({ error }) => !error);
    const files = good.map((name) => at('mixed', name)).sort();
    const { predictions } = JSON.parse((await serkit(['predict', model, ...files, '--json'])).stdout);
    for (const [i, { label, unsure, probabilities }] of predictions.entries()) {
      expect([rows[i].label, rows[i].unsure]).toEqual([label, String(unsure)]);
      const written = tinyMetadata.labels.map((name) => Number(rows[i][`p_${name}`]));
      expect(written).toBeAllClose(
        tinyMetadata.labels.map((name) => probabilities[name]),
        { absolute: 1e-6 },
      );
    }
  });

  test('again: nothing is done twice but what could not be read, and the code is 1 still', async () => {
    const before = readFileSync(at('mixed.csv'));
    const { code, stdout } = await serkit(['predict', model, at('mixed'), '-o', at('mixed.csv'), '--json']);
    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({ recordings: 10, answered: 1, before: 9, failed: 5 });
    expect(table(at('mixed.csv'))).toHaveLength(10);
    expect(readFileSync(at('mixed.csv'))).toHaveLength(before.length);
  });

  test('a changed recording is answered again, one more is added, rows of others stay', async () => {
    await mkdir(at('few'));
    for (const [i, name] of ['a.wav', 'b.wav', 'c.wav'].entries()) await writeFile(at('few', name), noise(i));
    const out = ['-o', at('few.jsonl'), '--json'];
    const rows = () =>
      readFileSync(at('few.jsonl'), 'utf8')
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line));
    expect((await serkit(['predict', model, at('few'), ...out])).code).toBe(0);
    const before = rows();
    await writeFile(at('few', 'a.wav'), noise(7));
    await utimes(at('few', 'a.wav'), 1e9, 1e9);
    await writeFile(at('few', 'd.wav'), noise(8));
    const { stdout } = await serkit([
      'predict',
      model,
      ...['a.wav', 'c.wav', 'd.wav'].map((f) => at('few', f)),
      ...out,
    ]);
    expect(JSON.parse(stdout)).toMatchObject({ recordings: 3, answered: 2, before: 1, failed: 0 });
    const after = rows();
    expect(after.map(({ file }) => file)).toEqual(['b', 'c', 'a', 'd'].map((name) => at('few', `${name}.wav`)));
    expect(after.slice(0, 2)).toEqual(before.slice(1));
    expect(after[2].probabilities).not.toEqual(before[0].probabilities);
  });

  test.each([
    [
      'answers of another model',
      async () => writeFile(at('o.csv'), readFileSync(at('mixed.csv'))),
      'is of another model',
    ],
    ['another table', () => writeFile(at('o.csv'), 'x,y\n1,2\n'), 'no table of these labels'],
    [
      'a line that is no row',
      () => writeFile(at('o.csv'), `${readFileSync(at('mixed.csv'), 'utf8').split('\n')[0]}\nrubbish\n`),
      'line 2 is no row',
    ],
  ])('%s is refused, and left as it is', async (_, make, message) => {
    await make();
    const other = at('other.onnx');
    await writeFile(other, await tinyFile());
    const before = readFileSync(at('o.csv'));
    const { code, stderr } = await serkit(['predict', other, at('mixed'), '-o', at('o.csv')]);
    expect(code).toBe(1);
    expect(stderr).toContain(message);
    expect(stderr.trim().split('\n')).toHaveLength(1);
    expect(readFileSync(at('o.csv'))).toEqual(before);
    expect(existsSync(at('o.csv.unfinished'))).toBe(false);
  });

  test.each([
    [['-o', 'answers.xlsx'], 2, 'must end in .csv or .jsonl'],
    [['-o', 'answers.csv', '--jobs', '0'], 2, '--jobs 0'],
    [['-o', 'answers.csv', '--attention', 'x'], 2, 'mutually exclusive'],
    [[], 1, 'is a folder; -o OUT.csv'],
  ])('wrong usage %j', async (args, expected, message) => {
    const { code, stderr } = await serkit(['predict', model, at('mixed'), ...args]);
    expect([code, stderr]).toEqual([expected, expect.stringContaining(message)]);
  });
});

describe('a run that is stopped in the middle', () => {
  const count = 120;
  let whole: Buffer;

  beforeAll(async () => {
    await mkdir(at('many'));
    for (let i = 0; i < 4; i++) await writeFile(at('many', `${i}.wav`), noise(i, 3));
    for (let i = 4; i < count; i++) await link(at('many', `${i % 4}.wav`), at('many', `${i}.wav`));
    await serkit(['predict', model, at('many'), '-o', at('whole.csv')]);
    whole = readFileSync(at('whole.csv'));
  }, 120_000);

  /** Runs it, and sends the signal as soon as a few rows are there. */
  const stopped = (output: string, signal: 'SIGINT' | 'SIGKILL'): Promise<Answer> =>
    serkit(['predict', model, at('many'), '-o', output], {
      started: (child) => {
        const watch = setInterval(() => {
          if (!existsSync(output) || statSync(output).size < 1000) return;
          clearInterval(watch);
          child.kill(signal);
        }, 5);
        child.on('close', () => clearInterval(watch));
      },
    });

  test('Ctrl-C: exit code 130, whole rows, and then on to the same bytes', async () => {
    const output = at('interrupted.csv');
    expect((await stopped(output, 'SIGINT')).code).toBe(130);
    const rows = table(output);
    expect(rows.length).toBeGreaterThan(0);
    expect(rows.length).toBeLessThan(count);
    expect(whole.subarray(0, statSync(output).size)).toEqual(readFileSync(output));
    expect((await serkit(['predict', model, at('many'), '-o', output])).code).toBe(0);
    expect(readFileSync(output)).toEqual(whole);
  }, 60_000);

  test('a kill, and a row that was cut off by it: no recording twice, every row whole', async () => {
    const output = at('killed.csv');
    expect((await stopped(output, 'SIGKILL')).code).toBeNull();
    const there = readFileSync(output).length;
    appendFileSync(output, whole.subarray(there, there + 30));
    const { code, stderr } = await serkit(['predict', model, at('many'), '-o', output]);
    expect([code, stderr]).toEqual([0, expect.stringMatching(/has the answers to \d+ of 120/)]);
    expect(readFileSync(output)).toEqual(whole);
  }, 60_000);

  test('the number of threads changes nothing', async () => {
    const output = at('one.csv');
    await serkit(['predict', model, at('many'), '-o', output, '--jobs', '1']);
    expect(readFileSync(output)).toEqual(whole);
  }, 60_000);
});
