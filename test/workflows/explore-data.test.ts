import { existsSync, readFileSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type Corpus, openCorpus } from '../../pipeline/datasets/index.js';
import { measureCorpus } from '../../pipeline/experiments/exploration/measure-corpus.js';
import { explorationFigures, explorationTables, explore } from '../../pipeline/workflows/explore-data.js';
import { noiseWav, writeClip } from '../extraction/clips.js';
import { serkit, temporaryFolder, writeSmallCorpus } from '../support/cli.js';

let folder: string;
let corpus: Corpus;
beforeAll(async () => {
  folder = await temporaryFolder();
  const synthetic = await openCorpus('synthetic');
  const few = synthetic.clips.filter(
    ({ source }) => source.kind === 'synthetic' && source.speaker < 3 && source.take < 2,
  );
  corpus = { ...synthetic, clips: few }; // a man and a woman, 5 emotions, 2 takes
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Explores, and notes what was said and how many clips were still to be measured. */
async function exploring(name: string, { of = corpus, signal }: { of?: Corpus; signal?: AbortSignal } = {}) {
  const lines: string[] = [];
  let toMeasure = 0;
  const progress = (_: string, done: number, total: number) => {
    toMeasure = Math.max(toMeasure, total - done);
  };
  const file = join(folder, name, 'exploration.json');
  const reporter = { line: (text: string) => void lines.push(text), progress };
  const exploration = await explore({ corpus: of, cache: join(folder, 'cache'), file, reporter, signal });
  return { exploration, file, lines, toMeasure };
}

describe('explore', () => {
  test('an abort keeps what was measured, and leaves no exploration', async () => {
    const stop = new AbortController();
    const onProgress = (done: number) => void (done === 5 && stop.abort());
    const options = { cacheFolder: join(folder, 'aborted'), workers: 1, signal: stop.signal };
    await expect(measureCorpus(corpus.clips, { ...options, onProgress })).rejects.toThrow(/abort/);
    const told: number[] = [];
    const again = await measureCorpus(corpus.clips, {
      cacheFolder: options.cacheFolder,
      workers: 0,
      onProgress: (done) => void told.push(done),
    });
    expect(told[0]).toBe(5);
    expect(again.measures.size).toBe(20);
    await expect(exploring('stopped', { signal: AbortSignal.abort() })).rejects.toThrow(/abort/);
    expect(existsSync(join(folder, 'stopped'))).toBe(false);
  });

  test('a corpus is measured once; another that shares its clips measures only what is new', async () => {
    const part = { ...corpus, clips: corpus.clips.slice(0, 12) };
    expect((await exploring('part', { of: part })).toMeasure).toBe(12);
    const whole = await exploring('whole');
    expect(whole.toMeasure).toBe(8);
    const { exploration } = whole;
    expect(exploration.measured.map(({ id }) => id)).toEqual(corpus.clips.map(({ id }) => id));
    expect(exploration.counts).toContainEqual({ label: 'angry', female: 2, male: 2, unknown: 0 });
    expect(exploration.pictures.map(({ clip }) => clip.id)).toEqual(
      ['angry/01-angry-1', 'angry/02-angry-1', 'neutral/02-neutral-0'], // a single take of each intensity
    );
    for (const { gender, pitchHz } of exploration.measured.filter(({ label }) => label === 'neutral'))
      expect(Math.abs(Math.log2(pitchHz! / (gender === 'male' ? 115 : 200)))).toBeLessThan(0.5);
  });

  test('what was kept is given back, unless it is of another corpus or damaged', async () => {
    const one = { ...corpus, clips: corpus.clips.slice(0, 1) };
    const first = await exploring('kept', { of: one });
    const written = readFileSync(first.file, 'utf8');
    const moved = await exploring('kept', { of: { ...one, name: 'elsewhere' } });
    expect(moved.exploration.corpus.name).toBe('elsewhere');
    await writeFile(first.file, written.replace('"seconds":', '"seconds":1e3,"before":'));
    expect((await exploring('kept', { of: one })).exploration.pictures[0].seconds).toBe(1000); // read, not computed
    await writeFile(first.file, written.slice(0, 1000));
    expect((await exploring('kept', { of: one })).exploration).toEqual(first.exploration);
    expect(readFileSync(first.file, 'utf8')).toBe(written);
  });

  test('a clip that cannot be read is named, listed and left out; with none left it is an error', async () => {
    const good = { ...writeClip(folder, 'good.wav', noiseWav(1)), label: 'angry' };
    const bad = writeClip(folder, 'bad.wav', noiseWav(2).subarray(0, 900));
    const { exploration, lines } = await exploring('bad', {
      of: { ...corpus, labels: ['angry'], clips: [bad, good] },
    });
    expect(exploration.problems).toEqual([{ clip: 'bad.wav', reason: expect.stringContaining('bad.wav') }]);
    expect(lines).toEqual([expect.stringMatching(/^left out .*bad\.wav/)]);
    expect(exploration.measured).toMatchObject([{ id: 'good.wav', pitchHz: null }]);
    expect(exploration.chosen['figure-08'].clip).toBe('good.wav');
    expect(explorationTables(exploration).at(-1)!.note).toContain('1 could not be read');
    expect(explorationFigures(exploration).map(({ id }) => id)).not.toContain('pitch'); // noise has none
    await expect(exploring('none', { of: { ...corpus, clips: [bad] } })).rejects.toThrow(
      'synthetic: none of its clips can be read',
    );
  });
});

describe('serkit data explore', () => {
  test('leaves exploration.json and every picture as SVG and PNG, and prints the tables', async () => {
    const data = await writeSmallCorpus(join(folder, 'corpus'));
    const output = join(folder, 'pictures');
    const options = ['-o', output, '--cache', join(folder, 'cache')];
    const { code, stdout, stderr } = await serkit(['data', 'explore', data, ...options]);
    expect(stderr).not.toMatch(/WARN|serkit:/);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^angry +192 +9 +4 +5$/m);
    expect(stdout).toContain('not run: no CREMA-D here');
    const pictures = ['figure-01', 'figure-08', 'figure-12', 'pitch', 'level'];
    for (const name of pictures) {
      expect(stdout).toContain(join(output, `${name}.svg`));
      const svg = readFileSync(join(output, `${name}.svg`), 'utf8');
      expect(svg).toMatch(/<\/svg>$/);
      expect(svg).not.toMatch(/NaN|undefined|Infinity/);
      expect(
        readFileSync(join(output, `${name}.png`))
          .subarray(1, 4)
          .toString(),
      ).toBe('PNG');
    }
    const again = await serkit(['data', 'explore', data, ...options, '--json']);
    expect(JSON.parse(again.stdout).files).toHaveLength(1 + 2 * 12);
  }, 120_000);

  test('without a folder it is wrong usage', async () => {
    const { code, stderr } = await serkit(['data', 'explore', 'synthetic']);
    expect(code).toBe(2);
    expect(stderr).toContain('data explore: -o DIR says where');
  });
});
