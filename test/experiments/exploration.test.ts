import { describe, expect, test } from '@jest/globals';
import type { Clip } from '../../pipeline/datasets/corpus.js';
import { chooseClip } from '../../pipeline/experiments/exploration/choose-clip.js';
import { choosePictures } from '../../pipeline/experiments/exploration/choose-pictures.js';
import { meanOfRows } from '../../pipeline/experiments/exploration/clip-figures.js';
import type { Exploration } from '../../pipeline/experiments/exploration/exploration.js';
import { explorationFigures } from '../../pipeline/experiments/exploration/figures.js';
import { measureSamples } from '../../pipeline/experiments/exploration/measure-clip.js';
import { cremaDMale, table2, table3 } from '../../pipeline/experiments/exploration/published.js';
import { explorationTables } from '../../pipeline/experiments/exploration/tables.js';
import { featurePresets } from '../../pipeline/features/index.js';
import { sine } from '../features/signals.js';

const clip = (id: string, more: Partial<Clip>): Clip => ({
  id,
  source: { kind: 'file', path: id },
  label: 'angry',
  contentHash: id,
  ...more,
});

/** Two speakers of RAVDESS, in its order. */
const ravdess = ['01', '02'].flatMap((speaker) =>
  ['neutral', 'calm', 'angry'].flatMap((label) =>
    (label === 'neutral' ? ['normal'] : ['normal', 'strong']).flatMap((intensity) =>
      ['kids', 'dogs'].flatMap((statement) =>
        [1, 2].map((repetition) =>
          clip(`${speaker}/${label}-${intensity}-${statement}-${repetition}`, {
            label,
            intensity,
            statement,
            speaker,
            gender: speaker === '01' ? 'male' : 'female',
          }),
        ),
      ),
    ),
  ),
);

describe('the clips of the figures', () => {
  test('of RAVDESS are as the report describes them, the first of each', () => {
    const chosen = choosePictures({ name: 'ravdess' }, ravdess);
    expect(Object.fromEntries(Object.entries(chosen).map(([figure, { clip }]) => [figure, clip.id]))).toEqual({
      'figure-01': '01/angry-strong-kids-1',
      'figure-08': '02/angry-strong-kids-1',
      'figure-09': '02/angry-strong-dogs-1',
      'figure-10': '02/neutral-normal-dogs-1',
      'figure-11': '01/angry-strong-dogs-1',
    });
    expect(Object.values(chosen).flatMap(({ instead }) => instead)).toEqual([]);
  });

  test('figure 13 is of CREMA-D: a woman, angry, of high intensity; its sentences stand for kids and dogs', () => {
    const cremaD = ['DFA', 'IEO', 'IWL'].flatMap((statement) =>
      (statement === 'IEO' ? ['LO', 'HI'] : ['XX']).map((intensity) =>
        clip(`1002_${statement}_ANG_${intensity}`, { statement, intensity, gender: 'female', speaker: '1002' }),
      ),
    );
    const chosen = choosePictures({ name: 'crema-d' }, cremaD);
    expect(chosen['figure-13']).toEqual({ clip: cremaD[2], instead: [] });
    const { clip: other, instead } = chooseClip(cremaD, { label: 'angry', statement: 'dogs' });
    expect(other.statement).toBe('IEO');
    expect(instead).toEqual(["the sentence “dogs” is not known here: the corpus' second sentence, IEO, instead"]);
  });

  test('elsewhere the nearest is taken and what differs is said', () => {
    const clips = [
      clip('a', { label: 'calm', speaker: '1', gender: 'male' }),
      clip('b', { label: 'fearful', speaker: '2', gender: 'male' }),
      clip('c', { label: 'fearful', speaker: '1', gender: 'male' }),
      clip('d', { label: 'fearful', speaker: '2', gender: 'male' }),
    ];
    const { clip: chosen, instead } = chooseClip(clips, {
      gender: 'female',
      label: 'angry',
      intensity: 'strong',
      statement: 'dogs',
    });
    expect(chosen.id).toBe('d'); // the second of the first speaker who is fearful
    expect(instead).toEqual([
      'no clip is known to be of a female speaker',
      'no clip is labelled angry: fearful instead',
      'no such clip is of strong intensity',
      "the sentence “dogs” is not known here: the speaker's second such clip instead",
    ]);
    expect(chooseClip(clips, { label: 'neutral' })).toMatchObject({ clip: { id: 'a' } });
    expect(chooseClip(clips.slice(1), { label: 'neutral' }).instead).toEqual([
      'no clip is labelled neutral: fearful instead',
    ]);
    expect(() => chooseClip([], {})).toThrow(RangeError);
  });
});

test('what is measured of a tone: its pitch and level, and that neither moves', () => {
  const samples = new Float32Array(3 * 16_000);
  samples.set(sine(250, 1, 16_000, 0.1), 16_000); // silence before and after
  const measures = measureSamples(samples, 16_000);
  expect(measures.pitchHz).toBeCloseTo(250, 0);
  expect(measures.pitchRangeSemitones).toBeLessThan(0.05);
  expect(measures.levelDb).toBeCloseTo(20 * Math.log10(0.1 / Math.SQRT2), 0);
  expect(measures.levelRangeDb).toBeLessThan(1);
  const silence = { pitchHz: null, pitchRangeSemitones: null, levelDb: null, levelRangeDb: null };
  expect(measureSamples(new Float32Array(16_000), 16_000)).toEqual(silence);
});

test('a semitone up and down is a range of two', () => {
  const samples = new Float32Array(2 * 16_000);
  samples.set(sine(200 / 2 ** (1 / 12), 1, 16_000), 0);
  samples.set(sine(200 * 2 ** (1 / 12), 1, 16_000), 16_000);
  expect(measureSamples(samples, 16_000).pitchRangeSemitones).toBeCloseTo(2, 1);
});

const matrix = (bands: number, frames: number, value: (band: number, frame: number) => number) => ({
  bands,
  frames,
  values: Array.from({ length: bands * frames }, (_, i) => value(Math.floor(i / frames), i % frames)),
});

const picture = (id: string, gender: 'female' | 'male', peak: number): Exploration['pictures'][number] => ({
  clip: { id, gender, label: 'angry', intensity: 'strong', statement: 'dogs', speaker: '1' },
  seconds: 1,
  envelope: { lowest: [-0.01, -peak], highest: [peak / 2, 0.01] },
  melSpectrogram: matrix(60, 87, (band) => band / 10),
  mfcc: matrix(40, 87, (band, frame) => (band === 0 ? 100 + frame : 1)),
});

/** Two labels of RAVDESS; women at 200 and 210 Hz, men at 100 and 110, one without a pitch. */
const exploration: Exploration = {
  version: 1,
  featureVersion: 1,
  corpus: { name: 'ravdess', labels: ['neutral', 'angry'], clips: 6, speakers: 2, fingerprint: 'f' },
  counts: [
    { label: 'neutral', female: 1, male: 1, unknown: 0 },
    { label: 'angry', female: 2, male: 2, unknown: 0 },
  ],
  featureSpec: featurePresets['paper-16k'],
  chosen: {
    'figure-01': { clip: 'man', instead: [] },
    'figure-08': { clip: 'woman', instead: ['no such clip is of strong intensity'] },
    'figure-09': { clip: 'woman', instead: [] },
    'figure-11': { clip: 'man', instead: [] },
  },
  pictures: [picture('woman', 'female', 0.31), picture('man', 'male', 0.12)],
  measured: [
    ['neutral', 'female', 200],
    ['neutral', 'male', null],
    ['angry', 'female', 200],
    ['angry', 'female', 210],
    ['angry', 'male', 100],
    ['angry', 'male', 110],
  ].map(([label, gender, pitchHz], i) => ({
    id: `clip ${i}`,
    label: label as string,
    gender: gender as 'female' | 'male',
    pitchHz: pitchHz as number | null,
    pitchRangeSemitones: pitchHz === null ? null : 4,
    levelDb: -20,
    levelRangeDb: 10,
  })),
  problems: [],
};

describe('tables', () => {
  const tables = Object.fromEntries(explorationTables(exploration).map((table) => [table.id, table]));

  test('2: the report beside what is here, with the sum', () => {
    expect(tables['table-2'].columns).toEqual(['emotion', 'report: RAVDESS', 'RAVDESS here', 'women', 'men']);
    expect(tables['table-2'].rows).toContainEqual(['neutral', 96, 2, 1, 1]);
    expect(tables['table-2'].rows).toContainEqual(['calm', 192, '–', '–', '–']);
    expect(tables['table-2'].rows.at(-1)).toEqual(['all', 1440, 6, 3, 3]);
  });

  test('3: not run without CREMA-D, with the slip; the sums tell which figure is wrong', () => {
    const notRun = 'not run: no CREMA-D here';
    expect(tables['table-3'].rows).toContainEqual(['angry', 600, 698, notRun, notRun]);
    expect(tables['table-3'].note).toMatch(/698 .* are 671 .* 7577 clips, CREMA-D has 7442.*not taken from movies/);
    const men: number[] = table3.map(({ male }) => male);
    const women = table3.reduce((sum, { female }) => sum + female, 0);
    expect(women + men.reduce((a, b) => a + b)).toBe(7577);
    expect(women + men.reduce((a, b) => a + (b === 698 ? cremaDMale : b), 0)).toBe(7442);
    expect(table2.reduce((sum, { clips }) => sum + clips, 0)).toBe(1440);
  });

  test('3 of CREMA-D has its counts, and there is no table 2', () => {
    const corpus = { ...exploration.corpus, name: 'crema-d' };
    const [first, ...others] = explorationTables({ ...exploration, corpus });
    expect(first).toMatchObject({ id: 'table-3', rows: expect.arrayContaining([['angry', 600, 698, 2, 2]]) });
    expect(first.rows.at(-1)).toEqual(['all', 3512, 4065, 3, 3]);
    expect(others.map(({ id }) => id)).toEqual(['pitch-and-energy']);
  });

  test('pitch and energy by emotion and gender, with n and what has no pitch', () => {
    const { rows, note } = tables['pitch-and-energy'];
    expect(rows).toContainEqual([
      'angry',
      'women',
      2,
      '205 (203 to 208)',
      '4.0 (4.0 to 4.0)',
      '−20.0 (−20.0 to −20.0)',
      '10.0 (10.0 to 10.0)',
    ]);
    expect(rows).toContainEqual(['neutral', 'men', 1, '–', '–', '−20.0 (−20.0 to −20.0)', '10.0 (10.0 to 10.0)']);
    expect(note).toContain('1 clip has no voiced frame');
  });
});

describe('figures', () => {
  const figures = explorationFigures(exploration);
  const byId = Object.fromEntries(figures.map((figure) => [figure.id, figure]));

  test('are there in the order of the report, ours last', () => {
    expect(figures.map(({ id }) => id)).toEqual([
      ...['figure-01', 'figure-02', 'figure-03', 'figure-08', 'figure-09', 'figure-11', 'figure-12'],
      ...['pitch', 'pitch-range', 'level', 'level-range'],
    ]);
  });

  test('name their clips and what differs', () => {
    expect(byId['figure-09'].title).toBe('Female, strong angry, “dogs”');
    expect(byId['figure-09'].caption).toContain('Clip woman of RAVDESS');
    expect(byId['figure-08'].caption).toContain('Nearest clip: no such clip is of strong intensity.');
    expect(byId['figure-09'].caption).not.toContain('Nearest');
  });

  test('that are compared have the same scales', () => {
    const axesOf = (id: string) => JSON.stringify(byId[id].spec).match(/"(?:domain|peak)":\[[^\]]*\]/g);
    expect(axesOf('figure-09')).toEqual(axesOf('figure-11'));
    expect(axesOf('figure-09')![1]).toBe('"domain":[-0.35,0.35]'); // the loudest of all, 0.31, on a step of 0.05
    expect(axesOf('figure-01')![1]).toBe('"domain":[-0.15,0.15]'); // compared with nothing
  });

  test('12 is the mean of the first 30 coefficients in each frame', () => {
    expect(meanOfRows(exploration.pictures[0].mfcc, 30).slice(0, 2)).toBeAllClose([129 / 30, 130 / 30], {
      absolute: 1e-3,
    });
    const { data } = byId['figure-12'].spec as { data: { values: { name: string; time: number; value: number }[] } };
    expect(data.values).toHaveLength(2 * 87);
    expect(data.values[1]).toEqual({ name: 'female: woman', time: 0.0116, value: 4.333 });
  });

  test('12 needs a woman and a man', () => {
    const alone = { ...exploration, chosen: { ...exploration.chosen, 'figure-11': { clip: 'woman', instead: [] } } };
    expect(explorationFigures(alone).map(({ id }) => id)).not.toContain('figure-12');
  });
});
