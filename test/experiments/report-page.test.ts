import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { architectureNamed } from '../../models/index.js';
import { encodeWav } from '../../pipeline/audio/index.js';
import { loadClip, openCorpus, writeSyntheticCorpus } from '../../pipeline/datasets/index.js';
import { activate } from '../../pipeline/training/backends/trial.js';
import { saveModel } from '../../pipeline/training/model-folder.js';
import { writeReport } from '../../pipeline/workflows/write-report.js';
import { writeSmallCorpus } from '../support/cli.js';
import { type Element, elementsOf, parsePage, rowsOf, textOf } from './html-check.js';
import {
  answered,
  beginCell,
  clipsOf,
  endAutoencoder,
  endCell,
  epochsTo,
  idOf,
  type Planned,
  rightByChance,
  writePlan,
} from './report-cells.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'serkit-report-'));
});
afterAll(() => rm(folder, { recursive: true }));

const write = (report: string, data = join(folder, 'no-data')) =>
  writeReport({
    folder: report,
    data,
    skipBad: false,
    cache: join(folder, 'cache'),
    reporter: { line: () => {}, progress: () => {} },
  });

const places: Omit<Planned, 'variant'>[] = [
  { protocol: 'paper', fold: 0, seed: 1 },
  { protocol: 'speaker-independent', fold: 0, seed: 1 },
  { protocol: 'speaker-independent', fold: 1, seed: 1 },
];
const folds = [
  [2, 5, 14, 15, 16],
  [3, 6, 7, 13, 18],
];
const everybody = Array.from({ length: 24 }, (_, i) => i + 1);
const variants = [
  ['cnn', 'cnn-lstm', 'cnn-attention-lstm', 'cnn+fc-300', 'cnn+gru-100-last', 'cnn-mfcc'],
  ['fc3-100', 'fc3-300', 'gru2-100'],
].flat();
const cells = variants.flatMap((variant) =>
  places.map((place): Planned => {
    const encoder = variant === 'cnn+gru-100-last' ? { encoder: idOf({ variant: 'gru2-100', ...place }) } : {};
    return { variant, ...place, ...encoder };
  }),
);
const cellOf = (variant: string, place: number) => cells.filter((cell) => cell.variant === variant)[place];

describe('a report of cells in all states', () => {
  let report: string;
  let html: string;
  let page: Element;
  let markdown: string;
  /** The text of a table's cells, row by row, without its header. */
  const table = (id: string) =>
    rowsOf(page, id)
      .slice(1)
      .map((row) => row.map(textOf));

  beforeAll(async () => {
    report = join(folder, 'all-states');
    await writePlan(report, cells);
    // Exactly 60 % under paper; 40 % and 50 % of the two folds: a mean of 45 and a deviation of 7.07.
    const shares = [0.6, 0.4, 0.5];
    for (const [i, share] of shares.entries()) {
      const clips = i === 0 ? clipsOf(everybody) : clipsOf(folds[i - 1]);
      await endCell(report, cellOf('cnn', i), everyTenth(clips, share), epochsTo(3), i === 0 ? 3 : 2);
      await endCell(report, cellOf('cnn-attention-lstm', i), answered(clips, rightByChance(share, `attention ${i}`)));
      await endCell(report, cellOf('cnn-mfcc', i), everyTenth(clips, share - 0.2));
    }
    await activate('cpu');
    const { defaults, build } = architectureNamed('cnn');
    const model = build({ shape: [1, 60, 216], labels: 8, seed: 1 }, defaults);
    await saveModel(model, join(report, 'cells', idOf(cellOf('cnn', 0))));
    model.dispose();
    await endCell(
      report,
      cellOf('cnn-lstm', 0),
      answered(clipsOf(everybody), () => true),
    );
    await beginCell(report, cellOf('cnn-lstm', 1), epochsTo(2));
    await failure(report, cellOf('cnn+fc-300', 1), `${report}/cells/x: weights of <b>512</b> & more\n    at stack`);
    for (const place of [0, 1, 2]) {
      const failed = place === 0 ? 'killed (SIGKILL): out of memory' : 'not run: its encoder x failed: y';
      await failure(report, cellOf('gru2-100', place), failed);
    }
    // The test would choose 100, the validation speakers choose 300; what was under way chooses nothing.
    for (const [variant, testLoss, watched] of [
      ['fc3-100', 0.2, 0.5],
      ['fc3-300', 0.3, 0.4],
    ] as const)
      for (const place of [0, 1, 2])
        await endAutoencoder(report, cellOf(variant, place), {
          testLoss,
          watchedLosses: [1, watched, watched + 0.1],
        });
    await mkdir(join(report, 'figures'), { recursive: true });
    await writeFile(join(report, 'figures', 'figure-99.svg'), 'of an earlier page');
    const files = await write(report);
    html = readFileSync(files.html, 'utf8');
    markdown = readFileSync(files.markdown, 'utf8');
    page = parsePage(html);
  }, 180_000);

  const everyTenth = (clips: ReturnType<typeof clipsOf>, share: number) => {
    // Of every ten clips of a label the first few, whoever speaks: labels have multiples of ten clips in a fold.
    const counts = new Map<string, number>();
    return answered(clips, ({ label }) => {
      counts.set(label, (counts.get(label) ?? 0) + 1);
      return (counts.get(label)! - 1) % 10 < Math.round(10 * share);
    });
  };
  const failure = async (report: string, cell: Planned, text: string) => {
    const file = join(report, 'cells', idOf(cell), 'failure.txt');
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, text);
  };

  test('gives a score under both protocols, as mean ± sd over folds, beside the report’s', () => {
    const [cnn, lstm, , hybrid] = table('table-8');
    expect(cnn[0]).toBe('2D CNN');
    expect(cnn[1]).toBe('92.31 % leaks');
    expect(cnn[2]).toMatch(/^60\.\d % leaks 1 seed; epoch 3 of 3; 3\.0 min; wasm$/);
    expect(cnn[4]).toBe('45.0 ± 7.1 % 2 folds; epoch 2 of 3; 6.0 min; wasm');
    expect(cnn[5]).toBe('45.0 ± 7.1 % 2 folds');
    expect(lstm.slice(2)).toEqual([
      '100.0 % leaks 1 seed; epoch 3 of 3; 3.0 min; wasm',
      '100.0 % leaks 1 seed',
      'training: epoch 2 of 3 run',
      'training: epoch 2 of 3 run',
    ]);
    expect(hybrid[2]).toBe('not run');
    expect(hybrid[4]).toBe('failed: cells/x: weights of <b>512</b> & more run');
  });

  test('says of one fold that it is one, and how many were planned', () => {
    const [mel] = table('mel-against-mfcc');
    expect(mel[4]).toContain('2 folds');
    const runs = table('all-runs');
    expect(runs).toHaveLength(cells.length);
    const lstm = runs.find(([name]) => name === 'cnn-lstm/speaker-independent-fold0-seed1')!;
    expect(lstm.slice(1)).toEqual(['training: epoch 2 of 3', '', '', '', '', '2.0 min', 'wasm']);
  });

  test('says why a cell was not run: its encoder, as the grid noted it or as is seen', () => {
    const runs = table('all-runs');
    const status = (id: string) => runs.find(([name]) => name === id)![1];
    expect(status('gru2-100/paper-seed1')).toBe('failed: killed (SIGKILL): out of memory');
    expect(status('cnn+gru-100-last/paper-seed1')).toBe('not run: its encoder gru2-100/paper-seed1 failed');
    expect(status('gru2-100/speaker-independent-fold0-seed1')).toBe('not run: its encoder x failed: y');
  });

  test('chooses the autoencoder by validation speakers, not by the test', () => {
    const rows = new Map(table('table-5').map((row) => [row.slice(0, 3).join(' '), row]));
    const small = rows.get('FC, 3 layers 100 none')!;
    const large = rows.get('FC, 3 layers 300 none')!;
    expect(small.slice(3)).toEqual([
      '0.200 leaks 1 seed; epoch 3 of 3; 1.0 min; wasm',
      '0.200 ± 0.000 2 folds; epoch 2 of 3; 2.0 min; wasm',
      '0.500 ± 0.000 2 folds',
      'theirs',
    ]);
    expect(large.at(-1)).toBe('ours, theirs');
    expect(rows.size).toBe(12);
    expect(rows.get('GRU, 2 layers 300 dropout 0.2')![3]).toBe('not in this study');
  });

  test('tells differences with their intervals and whether they are noise', () => {
    const [independent, paper] = table('mel-against-mfcc-differences');
    expect(independent[2]).toMatch(/^−20\.0 −\d+\.\d to −\d+\.\d$/);
    expect(independent.at(-1)).toBe('worse, beyond noise');
    expect(paper[1]).toContain('leaks');
    expect(paper[2]).toContain('leaks');
    const [lstm] = table('differences-cnn-lstm');
    expect(lstm[2]).toBe('no two runs of the same fold and seed have ended');
  });

  test('evaluates the attention model by intensity, gender, statement and actor', () => {
    const intensity = table('figure-27-table');
    expect(intensity.map(([name]) => name)).toEqual(['normal', 'strong']);
    expect(intensity[0][1]).toMatch(/^95\.99 % leaks 94\.\d to 97\.\d %; of about 576$/);
    expect(intensity[0][3]).toMatch(/^\d+\.\d % \d+\.\d to \d+\.\d %; \d+ of 320, 2 folds$/);
    expect(table('figure-27-without-neutral-table')[0][2]).toMatch(/ of 280, 2 folds$/);
    expect(table('figure-28-table').map(([name]) => name)).toEqual(['female', 'male']);
    expect(table('by-statement-table').map(([name]) => name)).toEqual(['dogs', 'kids']);
    expect(table('by-actor-table')).toHaveLength(24);
    const questions = table('group-differences');
    expect(questions.map(([name]) => name)).toEqual([
      'strong − normal intensity',
      'strong − normal intensity, without neutral',
      'women − men',
      '“dogs” − “kids”',
    ]);
    expect(questions[0][1]).toMatch(/^\+0\.5 leaks −\d\.\d to \+\d\.\d; noise: the interval holds 0$/);
    expect(questions[2][1]).toMatch(/^\+0\.3 leaks −\d\.\d to \+\d\.\d; noise: the interval holds 0$/);
  });

  test('describes the layers of a trained model', () => {
    const layers = table('figure-4');
    expect(layers[1]).toEqual([
      'lflb1',
      'Conv2D(64, 3 × 3, same), BatchNormalization, MaxPooling2D(2 × 2, same), Activation(elu), Dropout(0.3)',
      '30 × 108 × 64',
      '896',
    ]);
    expect(table('table-4').at(-1)).toEqual(['All', '', '', '', '277,768']);
  });

  test('says "leaks" wherever a score of paper stands', () => {
    const rows = elementsOf(page).filter(({ tag }) => tag === 'tr');
    const ofPaper = rows
      .flatMap((row) => row.children.filter((cell): cell is Element => typeof cell !== 'string' && cell.tag === 'td'))
      .filter((cell) => elementsOf(cell).some(({ attributes }) => /paper/.test(attributes.href ?? '')))
      .map(textOf)
      .filter((text) => /\d/.test(text) && !/^(training|failed)/.test(text));
    expect(ofPaper.length).toBeGreaterThan(50);
    expect(ofPaper.filter((text) => !text.includes('leaks'))).toEqual([]);
    const runs = table('all-runs').filter(([name, state]) => name.includes('/paper') && state === 'done');
    for (const run of runs) for (const score of run.slice(2, 5)) expect(score).toMatch(/^$|leaks$/);
    const published = elementsOf(page)
      .filter(({ tag }) => tag === 'td')
      .map(textOf);
    for (const text of published.filter((text) => /^9\d\.\d\d\d? %/.test(text))) expect(text).toContain('leaks');
    for (const { attributes } of elementsOf(page).filter(({ tag }) => tag === 'svg')) {
      const [, name] = /^(.*)-title /.exec(attributes['aria-labelledby'])!;
      if (/-paper$/.test(name)) expect(readFileSync(join(report, 'figures', `${name}.svg`), 'utf8')).toContain('leaks');
    }
  });

  test('has no number without a link to its run', () => {
    const scores = ['table-1', 'table-6', 'table-7', 'table-8', 'mel-against-mfcc'];
    for (const id of scores)
      for (const row of rowsOf(page, id).slice(1))
        for (const cell of row.slice(2)) {
          if (!/\d %/.test(textOf(cell))) continue;
          const [link] = elementsOf(cell).filter(({ tag }) => tag === 'a');
          expect(textOf(link)).toMatch(/%$/);
        }
  });

  test('links to what there is, and to nothing outside', () => {
    const all = elementsOf(page);
    const ids = all.flatMap(({ attributes }) => attributes.id ?? []);
    expect(new Set(ids).size).toBe(ids.length);
    const links = all.flatMap(({ tag, attributes }) => (tag === 'a' ? [attributes.href] : []));
    expect(links.length).toBeGreaterThan(100);
    for (const href of links)
      if (href.startsWith('#')) expect(ids).toContain(href.slice(1));
      else expect(existsSync(join(report, decodeURIComponent(href)))).toBe(true);
    expect(all.filter(({ tag }) => ['script', 'link', 'iframe'].includes(tag))).toEqual([]);
    const outside = all.flatMap(({ attributes }) => [attributes.src, attributes.href, attributes['xlink:href']]);
    expect(outside.filter((address) => address && /^[a-z]+:/.test(address))).toEqual([]);
    expect(html).not.toMatch(/url\((?!#)|@import/);
  });

  test('can be read by a machine: headings, captions, scopes, pictures with a name and a description', () => {
    const all = elementsOf(page);
    const of = (tag: string) => all.filter((element) => element.tag === tag);
    for (const one of of('table')) {
      expect(elementsOf(one).some(({ tag }) => tag === 'caption')).toBe(true);
      for (const header of elementsOf(one).filter(({ tag }) => tag === 'th'))
        expect(['col', 'row']).toContain(header.attributes.scope);
    }
    expect(of('svg').length).toBeGreaterThan(15);
    for (const svg of of('svg')) {
      expect(svg.attributes.role).toBe('img');
      const [title, description] = svg.attributes['aria-labelledby'].split(' ');
      expect(elementsOf(svg).map(({ attributes }) => attributes.id)).toEqual(
        expect.arrayContaining([title, description]),
      );
    }
    const contents = elementsOf(of('nav')[0]).filter(({ tag }) => tag === 'a');
    expect(contents.map(textOf)).toEqual(
      ['h2', 'h3', 'h4'].reduce<string[]>(
        (_, __, ___, tags) => all.filter(({ tag }) => tags.includes(tag)).map(textOf),
        [],
      ),
    );
  });

  test('tells what was run, on what, and how to make it again', () => {
    const text = textOf(page);
    for (const part of [
      'medium. 16 of 27 trainings done, 1 under way or stopped',
      'Livingstone SR, Russo FA (2018) RAVDESS. licence CC-BY-NC-SA-4.0',
      'serkit reproduce --preset medium --data ravdess:DIR --unlabelled synthetic -o report/',
      'not run: no CREMA-D here',
      'recognisers 3 epochs, batches of 32, Adam at 0.001, constant, 2 noisy copies of a training clip, features paper-16k',
      'autoencoders 3 epochs',
      'serkit 0.1.0, node v20.20.2, tfjs 4.22.0',
    ])
      expect(text.includes(part) || part).toBe(true); // the whole page would be printed otherwise
    expect(['/data/ravdess', folder].filter((path) => html.includes(path))).toEqual([]);
  });

  test('is Markdown too, whose pictures are there, as SVG and PNG; those of an earlier page are not', () => {
    const pictures = Array.from(markdown.matchAll(/!\[[^\]]*\]\(([^)]+)\)/g), ([, file]) => file);
    expect(pictures.length).toBe(elementsOf(page).filter(({ tag }) => tag === 'svg').length);
    for (const file of pictures) {
      expect(existsSync(join(report, file))).toBe(true);
      expect(existsSync(join(report, file.replace(/svg$/, 'png')))).toBe(true);
    }
    expect(readdirSync(join(report, 'figures'))).toHaveLength(2 * pictures.length);
    expect(markdown).toContain('45.0 ± 7.1 %');
    const columns = (row: string) => row.replaceAll('\\|', '').split('|').length;
    const tables = markdown
      .split('\n\n')
      .flatMap((part) => (part.includes('\n| ---') ? [part.split('\n').filter((row) => row.startsWith('|'))] : []));
    expect(tables.length).toBeGreaterThan(10);
    for (const rows of tables) for (const row of rows) expect(columns(row)).toBe(columns(rows[0]));
  });
});

test('a report of which nothing has been run is a page that says so', async () => {
  const report = join(folder, 'nothing');
  await writePlan(report, cells);
  const { html } = await write(report);
  const page = parsePage(readFileSync(html, 'utf8'));
  const rows = rowsOf(page, 'table-8').slice(1);
  expect(rows.map((row) => row.slice(2).map(textOf))).toEqual(Array(4).fill(Array(4).fill('not run')));
  expect(elementsOf(page).filter(({ tag }) => tag === 'svg')).toEqual([]);
});

test('the exploration stands in its place, and outlives the data that it is of', async () => {
  const report = join(folder, 'explored');
  await writePlan(report, []);
  const data = await writeSmallCorpus(join(folder, 'corpus'));
  const first = readFileSync((await write(report, data)).html, 'utf8');
  const again = readFileSync((await write(report)).html, 'utf8');
  for (const html of [first, again]) {
    const all = elementsOf(parsePage(html));
    const place = (id: string) => all.findIndex(({ attributes }) => attributes.id === id);
    const order = [
      'pre-processing',
      'figure-01',
      'figure-03',
      'ravdess',
      'table-2',
      'figure-08',
      'crema-d',
      'table-3',
      'pitch',
    ];
    expect(order.map(place)).toEqual(order.map(place).toSorted((a, b) => a - b));
    expect(place('pre-processing')).toBeGreaterThan(0);
    const addresses = all.flatMap(({ attributes }) => attributes['xlink:href'] ?? []);
    expect(addresses.filter((address) => !/^(#|data:image\/png;base64,)/.test(address))).toEqual([]);
    expect(html).toContain('Figure 1. An audio wave');
  }
}, 120_000);

test('a cell whose files are damaged counts as failed, and names the file', async () => {
  const report = join(folder, 'damaged');
  await writePlan(report, [cellOf('cnn', 0)]);
  await endCell(
    report,
    cellOf('cnn', 0),
    answered(clipsOf([1]), () => true),
  );
  await writeFile(join(report, 'cells', idOf(cellOf('cnn', 0)), 'scores.json'), '{');
  const { html } = await write(report);
  const page = parsePage(readFileSync(html, 'utf8'));
  expect(textOf(rowsOf(page, 'table-8')[1][2])).toMatch(/^failed: cells\/cnn\/paper-seed1\/scores\.json: is not JSON/);
});

test('a folder without a plan is refused by name', async () => {
  await expect(write(join(folder, 'nowhere'))).rejects.toThrow(/nowhere\/plan\.json: is missing/);
});

describe('a report whose autoencoders learn from CREMA-D', () => {
  test('shows Table 3 and Figure 13 of it, and whose it is; without, that it is not here', async () => {
    const report = join(folder, 'with-crema-d');
    const speech = join(folder, 'crema-d');
    const synthetic = await openCorpus('synthetic');
    const few = synthetic.clips.filter(({ source }) => source.kind === 'synthetic' && source.take === 0).slice(0, 4);
    const data = await writeSyntheticCorpus({ ...synthetic, clips: few }, join(folder, 'few'));
    await mkdir(speech);
    const names = ['1001_DFA_ANG_HI', '1002_DFA_ANG_HI', '1001_IEO_NEU_XX'];
    for (const [i, name] of names.entries())
      await writeFile(join(speech, `${name}.wav`), encodeWav(await loadClip(few[i], 16_000), 16_000));
    await writeFile(join(speech, 'VideoDemographics.csv'), 'ActorID,Sex\n1001,Female\n1002,Male\n');
    await writePlan(report, [cellOf('cnn', 0)], 3, { data: `crema-d:${speech}`, name: 'crema-d' });
    await write(report, data);
    const page = readFileSync(join(report, 'report.md'), 'utf8');
    expect(page).toMatch(/\| angry \| 600 \| 698 \| 1 \| 1 \|/);
    expect(page).toContain('figures/figure-13.svg');
    expect(page).toContain('Crowd-sourced Emotional Multimodal');
    expect(page).not.toContain('no CREMA-D here');
    await writePlan(report, [cellOf('cnn', 0)]);
    await write(report, data);
    const without = readFileSync(join(report, 'report.md'), 'utf8');
    expect(without).toContain('Figure 13. Female, intense angry: not run: no CREMA-D here.');
    expect(without).not.toContain('figures/figure-13.svg');
  }, 120_000);
});
