import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type Answer, serkit, temporaryFolder, writeSmallCorpus } from '../support/cli.js';

let folder: string;
let data: string;
const at = (...names: string[]) => join(folder, ...names);
beforeAll(async () => {
  folder = await temporaryFolder();
  data = await writeSmallCorpus(at('corpus'));
}, 60_000);
afterAll(() => rm(folder, { recursive: true, force: true }));

const args = (report: string, ...more: string[]) => [
  ...['reproduce', '--data', data, '--unlabelled', data, '--backend', 'wasm', '--cache', at('cache')],
  ...['-o', at(report), ...more],
];

describe('reproduce', () => {
  let first: Answer;
  const only = ['--only', 'cnn+fc-100/paper*', 'cnn/speaker-independent-fold0*'];
  const ids = ['cnn/speaker-independent-fold0-seed1', 'fc3-100/paper-seed1', 'cnn+fc-100/paper-seed1'];
  beforeAll(async () => {
    first = await serkit(args('report', '--json', ...only));
  }, 240_000);

  test('trains the cells that were asked for, the encoder of a hybrid before it', () => {
    expect([first.code, first.stderr]).toEqual([0, expect.stringContaining('quick: 3 of 3 cells to train on wasm')]);
    const { cells, study } = JSON.parse(first.stdout);
    const done = cells.filter(({ state }: { state: string }) => state === 'done');
    expect(done.map(({ id }: { id: string }) => id).sort()).toEqual([...ids].sort());
    expect(cells).toHaveLength(75);
    expect(study).toBe('quick');
    const { encoder } = JSON.parse(readFileSync(at('report', 'cells', ids[2], 'config.json'), 'utf8'));
    expect(encoder.run).toBe(at('report', 'cells', ids[1]));
    expect(readdirSync(at('report')).filter((name) => name.startsWith('in-use'))).toEqual([]);
  });

  test('every score that it prints under the paper protocol says that it leaks', async () => {
    const { code, stdout } = await serkit(args('report', ...only));
    expect(code).toBe(0);
    const rows = stdout.split('\n').filter((line) => line.includes('-seed1'));
    expect(rows).toHaveLength(3);
    for (const row of rows) expect(row.includes('leaks')).toBe(row.includes('/paper'));
  }, 120_000);

  test('Ctrl-C in mid-cell: exit code 130, the cell is saved and told how to go on, no process is left', async () => {
    const only = ['--only', 'cnn-lstm/paper*'];
    const { code, stderr } = await serkit(args('stopped', ...only), { interruptAt: /begins: cnn-lstm/ });
    expect([code, stderr.trim().split('\n').at(-1)]).toEqual([130, 'interrupted']);
    expect(stderr).toContain('stopped: cnn-lstm/paper-seed1');
    expect(existsSync(at('stopped', 'cells', 'cnn-lstm', 'paper-seed1', 'scores.json'))).toBe(false);
    expect(existsSync(at('stopped', 'cells', 'cnn-lstm', 'paper-seed1', 'failure.txt'))).toBe(false);
  }, 120_000);

  test('killed, its cells save and end by themselves, and the next one goes on at once', async () => {
    const killed = await serkit(args('killed', '--only', 'cnn/paper*'), {
      started: (child) => {
        child.stderr!.on('data', (text) => {
          if (String(text).includes('begins: cnn/paper')) setTimeout(() => child.kill('SIGKILL'), 1500);
        });
      },
    });
    expect(killed.code).toBe(null);
    const { code, stdout } = await serkit(args('killed', '--only', 'cnn/paper*'));
    expect([code, stdout]).toEqual([0, expect.stringContaining('1 of 75 cells are done')]);
  }, 120_000);

  test('wrong usage is told in a line: a pattern that picks nothing, a preset without data, no jobs', async () => {
    const nothing = await serkit(args('wrong', '--only', 'resnet'));
    expect([nothing.code, nothing.stderr]).toEqual([
      1,
      expect.stringMatching(/--only resnet: picks no cell \(variants: cnn, .*\)\n$/),
    ]);
    const noData = await serkit(['reproduce', '--preset', 'medium', '-o', at('wrong')]);
    expect([noData.code, noData.stderr]).toEqual([2, expect.stringContaining('medium has no data of its own: --data')]);
    const noJobs = await serkit(args('wrong', '--jobs', '0'));
    expect([noJobs.code, noJobs.stderr]).toEqual([2, expect.stringContaining('--jobs 0: must be')]);
    expect(existsSync(at('wrong', 'plan.json'))).toBe(false);
  }, 60_000);
});
