import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type Cell, type Plan, readPlan, writePlan } from '../../pipeline/experiments/grid/plan.js';
import { planCells } from '../../pipeline/experiments/grid/plan-cells.js';
import { selectCells } from '../../pipeline/experiments/grid/select.js';
import { type Study, studies } from '../../pipeline/experiments/studies/index.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'serkit-plan-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const variants = [
  ...['cnn', 'cnn-lstm', 'cnn-attention-lstm', 'cnn-no-augmentation', 'cnn-mfcc'],
  ...['cnn', 'cnn-attention-lstm'].flatMap((model) =>
    ['fc-300', 'fc-100', 'gru-100-full', 'gru-100-last'].map((encoder) => `${model}+${encoder}`),
  ),
  ...['fc3', 'fc5', 'gru2'].flatMap((encoder) =>
    ['100', '300', '100-dropout', '300-dropout'].map((rest) => `${encoder}-${rest}`),
  ),
];

const names = (cells: readonly Cell[], protocol: string) =>
  new Set(cells.filter((cell) => cell.protocol === protocol).map(({ variant }) => variant));

describe.each(Object.values(studies))('the $name study', (study: Study) => {
  const cells = planCells(study);

  test('has every row of the report under both protocols, in every fold and with every seed', () => {
    expect(names(cells, 'paper')).toEqual(new Set(variants));
    expect(names(cells, 'speaker-independent')).toEqual(new Set(variants));
    const { folds, seeds } = study;
    expect(cells).toHaveLength(variants.length * seeds.length * (1 + folds.length));
    expect(new Set(cells.map(({ id }) => id)).size).toBe(cells.length);
  });

  test('names its cells by variant, protocol, fold and seed, and trains what it names', () => {
    for (const { id, variant, protocol, fold, seed, experiment } of cells) {
      expect(id).toBe(`${variant}/${protocol}${protocol === 'paper' ? '' : `-fold${fold}`}-seed${seed}`);
      expect(experiment).toMatchObject({ protocol, fold, seed });
    }
    expect(cells.map(({ id }) => id)).toEqual(
      expect.arrayContaining(['cnn/paper-seed1', 'cnn-lstm/speaker-independent-fold0-seed1']),
    );
  });

  test('a hybrid stands behind the encoder of its own protocol, fold and seed', () => {
    const before = new Map<string, Cell>();
    for (const cell of cells) {
      expect(cell.encoder !== undefined).toBe(cell.variant.includes('+'));
      if (cell.encoder !== undefined) {
        const { protocol, fold, seed } = cell;
        const { experiment } = cell;
        const encoder = before.get(cell.encoder)!;
        expect(encoder).toMatchObject({ protocol, fold, seed, kind: 'autoencoder' });
        expect(encoder.experiment.features).toBe(experiment.features);
      }
      before.set(cell.id, cell);
    }
    expect(before.get('cnn+fc-300/paper-seed1')!.encoder).toBe('fc3-300/paper-seed1');
    expect(before.get('cnn+gru-100-full/paper-seed1')!.encoder).toBe('gru2-100/paper-seed1');
  });

  test('after the first round every row has a score under both protocols', () => {
    const round = cells.slice(0, 2 * variants.length);
    expect(round.every(({ fold, seed }) => fold === 0 && seed === study.seeds[0])).toBe(true);
    expect(names(round, 'paper')).toEqual(names(round, 'speaker-independent'));
  });

  test('the comparisons differ from cnn in what they compare and in nothing else', () => {
    const experimentOf = (variant: string) => cells.find((cell) => cell.variant === variant)!.experiment;
    const cnn = experimentOf('cnn');
    expect(cnn.copies).toBe(2);
    expect(experimentOf('cnn-no-augmentation')).toEqual({ ...cnn, copies: 0 });
    expect(experimentOf('cnn-mfcc')).toEqual({ ...cnn, features: `${cnn.features}-mfcc` });
  });

  test('the twelve autoencoders are those of Table 5', () => {
    const rows = cells
      .filter(({ kind, protocol, seed }) => kind === 'autoencoder' && protocol === 'paper' && seed === study.seeds[0])
      .map(({ experiment: { model, modelOptions } }) => [
        model,
        modelOptions.hidden,
        modelOptions.dimension,
        modelOptions.dropout,
      ]);
    const hidden = (layers: number) => Array(layers).fill(512 * study.autoencoderWidth);
    const encoders = [
      ['autoencoder-fc', hidden(1)],
      ['autoencoder-fc', hidden(3)],
      ['autoencoder-gru', undefined],
    ];
    const table = encoders.flatMap((row) =>
      [0, 0.2].flatMap((dropout) => [100, 300].map((d) => [...row, d * study.autoencoderWidth, dropout])),
    );
    expect(rows).toEqual(table);
  });

  test('is the same plan every time, also as its file gives it back', async () => {
    const file = join(folder, study.name);
    await writePlan(file, planOf(study));
    expect((await readPlan(file)).cells).toEqual(planCells(study));
  });
});

test("the paper study is the report's size", () => {
  const cells = planCells(studies.paper);
  for (const { kind, experiment } of cells)
    expect(experiment).toMatchObject({ epochs: kind === 'autoencoder' ? 500 : 1500, schedule: 'constant' });
  const autoencoder = cells.find(({ kind }) => kind === 'autoencoder')!.experiment;
  expect(autoencoder).toMatchObject({ batchSize: 64, learningRate: 1e-3, features: 'paper' });
});

const sourceOf = (data: string) => ({ data, name: 'synthetic', clips: 420, fingerprint: data.repeat(8) });

function planOf(study: Study, more: Partial<Plan> = {}): Plan {
  const { name, preset } = study;
  const sources = { data: sourceOf('synthetic'), unlabelled: [sourceOf('synthetic:1')] };
  return { serkit: 'plan 1', study: name, preset, ...sources, cells: planCells(study), ...more };
}

describe('a report folder that has a plan', () => {
  const { quick } = studies;
  const withEpochs = (epochs: number): Study => ({ ...quick, recognisers: { ...quick.recognisers, epochs } });
  let report: string;
  beforeAll(async () => {
    report = join(folder, 'report');
    await writePlan(report, planOf(withEpochs(3)));
  });

  const differences: [string, Plan, RegExp][] = [
    ['another study', planOf({ ...withEpochs(3), name: 'medium' }), /^study: is quick in .*report, not medium;/],
    ['other data', planOf(withEpochs(3), { data: sourceOf('other') }), /^data: is synthetic \(420 .* not other \(420/],
    ['other speech', planOf(withEpochs(3), { unlabelled: [] }), /^unlabelled: is synthetic:1 \(.* not none;/],
    ['fewer folds', planOf({ ...withEpochs(3), folds: [0] }), /^cnn\/speaker-independent-fold1-seed1: is a cell of/],
    ['fewer epochs', planOf(withEpochs(2)), /^epochs: may be raised from 3 in .*cnn\/paper-seed1, not lowered to 2/],
    [
      'another setting',
      planOf({ ...withEpochs(3), recognisers: { epochs: 3, batchSize: 7 } }),
      /^batchSize: is 16 in .*cnn\/paper-seed1, not 7/,
    ],
  ];
  test.each(differences)('refuses %s in one line, and stays as it was', async (_, plan, message) => {
    const before = await readFile(join(report, 'plan.json'), 'utf8');
    await expect(writePlan(report, plan)).rejects.toThrow(message);
    expect(await readFile(join(report, 'plan.json'), 'utf8')).toBe(before);
  });

  test('takes more epochs, more folds, and data that were moved', async () => {
    const moved = { ...sourceOf('synthetic'), data: '/elsewhere' };
    const plan = planOf({ ...withEpochs(9), folds: [0, 1, 2] }, { data: moved });
    await writePlan(report, plan);
    expect(await readPlan(report)).toEqual(plan);
  });

  test('a plan that is damaged is told by its file', async () => {
    expect(existsSync(join(folder, 'nowhere'))).toBe(false);
    await expect(readPlan(join(folder, 'nowhere'))).rejects.toThrow(/nowhere.plan\.json: is missing/);
  });
});

describe('--only', () => {
  const cells = planCells(studies.quick);
  const pick = (...patterns: string[]) => selectCells(cells, patterns);
  const variantsOf = (picked: Cell[]) => [...new Set(picked.map(({ variant }) => variant))];

  test('a variant is that row and no other that begins alike', () => {
    expect(variantsOf(pick('cnn'))).toEqual(['cnn']);
    expect(pick('cnn')).toHaveLength(3);
  });
  test('an id is that cell', () => {
    expect(pick('cnn-lstm/paper-seed1').map(({ id }) => id)).toEqual(['cnn-lstm/paper-seed1']);
  });
  test('hybrids bring the encoders that they hold, in the order of the plan', () => {
    expect(pick('cnn+fc-*/paper*').map(({ id }) => id)).toEqual([
      'fc3-100/paper-seed1',
      'fc3-300/paper-seed1',
      'cnn+fc-300/paper-seed1',
      'cnn+fc-100/paper-seed1',
    ]);
  });
  test('without patterns all are meant', () => expect(pick()).toEqual(cells));
  test('what picks nothing is an error that lists the variants', () => {
    expect(() => pick('cnn', 'cn')).toThrow(
      /--only cn: picks no cell \(variants: cnn, cnn-lstm, .*a cell: cnn\/paper-seed1\)/,
    );
  });
});
