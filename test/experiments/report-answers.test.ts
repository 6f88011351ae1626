import { describe, expect, test } from '@jest/globals';
import { resolveExperiment } from '../../pipeline/experiments/config.js';
import type { PredictionRow } from '../../pipeline/experiments/predictions.js';
import { answersOf, groupDifference, sharesBy } from '../../pipeline/experiments/report/answers.js';
import type { Cell } from '../../pipeline/experiments/report/cells.js';
import { compareModels, type ModelDifference } from '../../pipeline/experiments/report/model-difference.js';
import { overWhat, recognitionOf, summarise } from '../../pipeline/experiments/report/summary.js';
import { answered, clipsOf, labels, rightByChance } from './report-cells.js';

/** A finished cell with these answers. */
function cell(rows: readonly PredictionRow[], fold = 0, seed = 1): Cell {
  const right = (list: readonly PredictionRow[]) => list.filter(({ label, predicted }) => label === predicted).length;
  const recalls = labels.flatMap((label) => {
    const own = rows.filter((row) => row.label === label);
    return own.length > 0 ? [right(own) / own.length] : [];
  });
  const uar = recalls.reduce((a, b) => a + b, 0) / recalls.length;
  return {
    id: `x/speaker-independent-fold${fold}-seed${seed}`,
    variant: 'x',
    protocol: 'speaker-independent',
    fold,
    seed,
    kind: 'recogniser',
    experiment: resolveExperiment('paper-16k'),
    folder: '',
    href: '',
    state: 'done',
    status: 'done',
    epochs: [],
    scores: {
      leaks: false,
      epochs: 1,
      keptEpoch: 1,
      trainingMinutes: 1,
      test: {
        examples: rows.length,
        accuracy: right(rows) / rows.length,
        uar,
        loss: 1,
        confusion: { labels, counts: [] },
      },
    },
    predictions: { labels, rows },
  };
}

const folds = [
  [2, 5, 14, 15, 16],
  [3, 6, 7],
];
const chance = (share: number, name: string) =>
  folds.map((actors, fold) => cell(answered(clipsOf(actors), rightByChance(share, `${name} ${fold}`)), fold));

describe('groups of answers', () => {
  const rows = answered(
    clipsOf([1, 2, 3, 4, 5, 6]),
    ({ gender, intensity }) => gender === 'female' || intensity === 'strong',
  );
  const answers = answersOf([cell(rows)]);

  test('have their share of right answers', () => {
    expect(sharesBy(answers, 'gender')).toMatchObject([
      { name: 'female', right: 180, examples: 180, share: 1, speakers: 3 },
      { name: 'male', right: 84, examples: 180, share: 84 / 180, speakers: 3 },
    ]);
    expect(sharesBy(answers, 'speaker').map(({ name }) => name)).toEqual(['01', '02', '03', '04', '05', '06']);
    expect(sharesBy(answers, 'intensity')).toMatchObject([{ examples: 192 }, { name: 'strong', right: 168 }]);
  });

  test('differ, beyond noise where every speaker does', () => {
    const found = groupDifference(answers, 'gender', ['male', 'female'])!;
    expect(found.difference).toBeCloseTo(96 / 180, 12);
    expect(found.speakers).toBe(6);
    expect(found.interval!.low).toBeCloseTo(96 / 180, 12); // all men are alike, and all women
    expect(groupDifference(answers, 'gender', ['male', 'other'])).toBeUndefined();
  });

  test('without an effect differ by noise', () => {
    const flat = answersOf([cell(answered(clipsOf([1, 2, 3, 4, 5, 6]), rightByChance(0.5, 'flat')))]);
    const { interval } = groupDifference(flat, 'gender', ['male', 'female'])!;
    expect(interval!.low).toBeLessThan(0);
    expect(interval!.high).toBeGreaterThan(0);
  });

  test('of a corpus that does not say have no shares', () => {
    const unknown = answersOf([cell(rows.map((row) => ({ ...row, gender: undefined })))]);
    expect(sharesBy(unknown, 'gender')).toEqual([]);
  });
});

describe('two models on the same clips', () => {
  const baseline = chance(0.4, 'baseline');
  const model = chance(0.7, 'model');
  const found = compareModels(model, baseline, 'test') as ModelDifference;

  test('differ as the means of the tables do', () => {
    const mean = (cells: readonly Cell[], key: 'accuracy' | 'uar') =>
      summarise(cells, (cell) => recognitionOf(cell)?.[key])!.mean;
    expect(found.accuracy).toBeCloseTo(mean(model, 'accuracy') - mean(baseline, 'accuracy'), 12);
    expect(found.uar).toBeCloseTo(mean(model, 'uar') - mean(baseline, 'uar'), 12);
    expect(found).toMatchObject({ speakers: 8, examples: 480 });
    const gained = model.flatMap(({ predictions }, fold) =>
      predictions!.rows.map((row, i) => [row, baseline[fold].predictions!.rows[i]]),
    );
    const right = ({ label, predicted }: PredictionRow) => label === predicted;
    expect(found.modelAlone).toBe(gained.filter(([a, b]) => right(a) && !right(b)).length);
    expect(found.baselineAlone).toBe(gained.filter(([a, b]) => !right(a) && right(b)).length);
  });

  test('have an interval around it, and 30 points are beyond noise', () => {
    expect(found.uarInterval!.low).toBeGreaterThan(0.2);
    expect(found.uarInterval!.low).toBeLessThan(found.uar);
    expect(found.uarInterval!.high).toBeGreaterThan(found.uar);
  });

  test('that are one do not differ at all', () => {
    expect(compareModels(model, model, 'same')).toMatchObject({
      accuracy: 0,
      uar: 0,
      uarInterval: { low: 0, high: 0 },
      modelAlone: 0,
    });
  });

  test('are paired by fold and seed, and refused where the clips are others', () => {
    expect(compareModels(model, [baseline[0]], 'one')).toMatchObject({ examples: 300, speakers: 5 });
    expect(compareModels([model[0]], [baseline[1]], 'none')).toMatch(/no two runs/);
    const other = cell(answered(clipsOf([1, 2, 3, 4, 5]), () => true));
    expect(compareModels([model[0]], [other], 'others')).toMatch(/other examples/);
    const fewer = cell(baseline[0].predictions!.rows.slice(1));
    expect(compareModels([model[0]], [fewer], 'fewer')).toMatch(/other examples/);
  });
});

test('a mean says what it is over', () => {
  const at = (fold: number, seed: number, protocol: 'paper' | 'speaker-independent' = 'speaker-independent') => ({
    protocol,
    fold,
    seed,
  });
  expect(overWhat([at(0, 1)])).toBe('1 fold');
  expect(overWhat([at(0, 1), at(1, 1)])).toBe('2 folds');
  expect(overWhat([at(0, 1), at(1, 1), at(0, 2), at(1, 2)])).toBe('2 folds × 2 seeds');
  expect(overWhat([at(0, 1), at(1, 1), at(0, 2)])).toBe('3 runs of 2 folds');
  expect(overWhat([at(0, 1, 'paper'), at(0, 2, 'paper')])).toBe('2 seeds');
  const { mean, deviation } = summarise(chance(0.5, 'mean'), () => 0.5)!;
  expect([mean, deviation]).toEqual([0.5, 0]);
  expect(summarise([chance(0.5, 'single')[0]], () => 0.5)!.deviation).toBeUndefined();
});
