import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { readPlan } from '../../pipeline/experiments/grid/plan.js';
import { readPredictions } from '../../pipeline/experiments/predictions.js';
import { readRunConfig, readRunScores, writeRunConfig } from '../../pipeline/experiments/run-folder.js';
import { publishReport } from '../../pipeline/workflows/publish-report.js';
import {
  answered,
  beginCell,
  clipsOf,
  endCell,
  epochsTo,
  idOf,
  type Planned,
  writePlan,
} from '../experiments/report-cells.js';

let folder: string;
const at = (...names: string[]) => join(folder, ...names);
const cnn: Planned = { variant: 'cnn', protocol: 'speaker-independent', fold: 0, seed: 1 };
const hybrid: Planned = { ...cnn, variant: 'cnn+fc-300', encoder: 'fc3-300/speaker-independent-fold0-seed1' };
const notBegun: Planned = { ...cnn, variant: 'cnn-lstm' };

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'serkit-publish-'));
  const report = at('report');
  await writePlan(report, [cnn, hybrid, notBegun]);
  await endCell(
    report,
    cnn,
    answered(clipsOf([1, 2]), (_, i) => i % 3 === 0),
  );
  const run = await beginCell(report, hybrid, epochsTo(1));
  const trainedOn = { ...cnn, copies: 2, validationSpeakers: 2, corpus: 'ravdess', fingerprint: 'f' };
  await writeRunConfig(run, {
    ...(await readRunConfig(run)),
    encoder: { run: join(report, 'cells', hybrid.encoder!), weights: 'w', trainedOn: [trainedOn] },
  });
  for (const name of ['weights.bin', 'model.json']) writeFileSync(join(report, 'cells', idOf(cnn), name), '{}');
  mkdirSync(join(report, 'figures'));
  for (const name of ['report.md', 'figures/figure-01.svg']) writeFileSync(join(report, name), name);
});
afterAll(() => rm(folder, { recursive: true }));

const filesBelow = async (of: string) =>
  (await readdir(of, { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));

describe('a report that is published', () => {
  test('is one that was written', async () => {
    await expect(publishReport(at('report'), at('early'))).rejects.toThrow(/report: holds no page yet/);
    expect(existsSync(at('early'))).toBe(false);
    writeFileSync(at('report', 'index.html'), 'page');
  });

  test('has the page, its pictures and the records behind its numbers; no weights, and no place on this machine', async () => {
    expect(await publishReport(at('report'), at('docs'))).toEqual({ to: at('docs'), cells: 2 });
    const own = at('docs', 'cells', idOf(cnn));
    expect((await readdir(own)).sort()).toEqual([
      'config.json',
      'metrics.jsonl',
      'model.json',
      'predictions.csv',
      'scores.json',
    ]);
    expect(await readRunScores(own)).toEqual(await readRunScores(at('report', 'cells', idOf(cnn))));
    expect((await readPredictions(own)).rows).toHaveLength(120);
    for (const file of await filesBelow(at('docs')))
      for (const place of [folder, '/data/ravdess']) expect(readFileSync(file, 'utf8')).not.toContain(place);
    expect((await readRunConfig(at('docs', 'cells', idOf(hybrid)))).encoder!.run).toBe(`cells/${hybrid.encoder}`);
    expect((await readPlan(at('docs'))).data.data).toBe('ravdess:DIR');
    expect(readFileSync(at('docs', 'index.html'), 'utf8')).toBe('page');
  });

  test('takes the place of an earlier one, and of nothing else', async () => {
    writeFileSync(at('docs', 'figures', 'figure-99.svg'), 'of before');
    writeFileSync(at('docs', 'NOTE.md'), 'my own');
    rmSync(at('report', 'cells', idOf(hybrid)), { recursive: true });
    expect((await publishReport(at('report'), at('docs'))).cells).toBe(1);
    expect(existsSync(at('docs', 'figures', 'figure-99.svg'))).toBe(false);
    expect(existsSync(at('docs', 'cells', idOf(hybrid)))).toBe(false);
    expect(readFileSync(at('docs', 'NOTE.md'), 'utf8')).toBe('my own');
    mkdirSync(at('other'));
    writeFileSync(at('other', 'letter.txt'), 'dear');
    await expect(publishReport(at('report'), at('other'))).rejects.toThrow(
      /other: holds something else \(letter.txt\)/,
    );
    expect(await readdir(at('other'))).toEqual(['letter.txt']);
  });
});
