import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { inflateSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { notInFont, PNG_ZOOM, renderPng } from '../../pipeline/experiments/charts/render.js';
import { fontFamily } from '../../pipeline/experiments/charts/style.js';
import { readRunHistory } from '../../pipeline/experiments/run-history.js';
import { plotRuns } from '../../pipeline/workflows/plot-run.js';
import { type Answer, serkit, temporaryFolder } from '../support/cli.js';
import { installWithout } from '../support/install.js';

let folder: string;
beforeAll(async () => {
  folder = await temporaryFolder();
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const config = {
  experiment: { model: 'cnn', protocol: 'speaker-independent', fold: 2, seed: 7 },
  preset: 'paper-16k',
  corpus: { name: 'ravdess', labels: ['neutral', 'happy', 'sad', 'angry'] },
  backend: 'wasm',
};
const scores = {
  leaks: false,
  epochs: 5,
  keptEpoch: 4,
  trainingMinutes: 1,
  test: {
    examples: 40,
    accuracy: 0.6,
    uar: 0.5875,
    loss: 1,
    confusion: {
      labels: config.corpus.labels,
      counts: [
        [7, 1, 1, 1],
        [0, 17, 2, 1],
        [2, 0, 0, 8],
        [0, 0, 0, 0],
      ],
    },
  },
};
const epochLine = (epoch: number, more: object = {}): string =>
  JSON.stringify({
    epoch,
    loss: 2 / epoch,
    accuracy: 0.5,
    watched: { loss: 1 + 1 / epoch, accuracy: 0.1 * epoch, uar: 0.08 * epoch },
    seconds: 3 + (epoch % 2),
    ...more,
  });
const epochLines = (count: number, more: object = {}) =>
  Array.from({ length: count }, (_, i) => `${epochLine(i + 1, more)}\n`).join('');

/** A run folder with these files; what is undefined is not there. */
async function writeRun(name: string, files: { config?: object; metrics?: string; scores?: object }): Promise<string> {
  const run = join(folder, name);
  await mkdir(run, { recursive: true });
  if (files.config) await writeFile(join(run, 'config.json'), JSON.stringify(files.config));
  if (files.metrics !== undefined) await writeFile(join(run, 'metrics.jsonl'), files.metrics);
  if (files.scores) await writeFile(join(run, 'scores.json'), JSON.stringify(files.scores));
  return run;
}

/** Draws without a process of its own, as SVG. */
const plotHere = (...runs: string[]) =>
  plotRuns({ runs, format: 'svg', reporter: { line: () => {}, progress: () => {} } });

const svgOf = (run: string, name = 'curves') => readFileSync(join(run, 'plots', `${name}.svg`), 'utf8');

/** The texts of an SVG, in its order. */
const textsOf = (svg: string): string[] =>
  Array.from(svg.matchAll(/<(?:text|tspan)\b[^>]*>([^<]+)</g), ([, text]) => text);

/** How many values each curve goes through, by its series' name. */
function verticesOf(svg: string): Record<string, number> {
  const lines = svg.matchAll(/series: ([^"]+)" role="graphics-symbol" aria-roledescription="line mark" d="([^"]*)"/g);
  return Object.fromEntries(Array.from(lines, ([, series, d]) => [series, d.match(/[ML]/g)!.length]));
}

/** Size from the header, and how many different bytes its filtered rows hold: of a white sheet, few. */
function measurePng(bytes: Buffer): { width: number; height: number; differentBytes: number } {
  expect(bytes.subarray(0, 8)).toEqual(Buffer.from([0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10]));
  const data: Buffer[] = [];
  for (let at = 8; at < bytes.length; at += 12 + bytes.readUInt32BE(at))
    if (bytes.toString('latin1', at + 4, at + 8) === 'IDAT')
      data.push(bytes.subarray(at + 8, at + 8 + bytes.readUInt32BE(at)));
  const differentBytes = new Set(inflateSync(Buffer.concat(data))).size;
  return { width: bytes.readUInt32BE(16), height: bytes.readUInt32BE(20), differentBytes };
}

function expectOneLine({ code, stdout, stderr }: Answer, exitCode: number, says: RegExp): void {
  expect(stderr.trim().split('\n')).toHaveLength(1);
  expect(stderr).toMatch(says);
  expect(stdout).toBe('');
  expect(code).toBe(exitCode);
}

describe('a finished run', () => {
  let run: string;
  let answer: Answer;
  beforeAll(async () => {
    const more = {
      learningRate: 0.001,
      gradientNorm: 2.5,
      waitedSeconds: 0.1,
      memory: { tensors: 99, heapBytes: 1.5e8, rssBytes: 9e8 },
      unknown: { key: 1 },
    };
    run = await writeRun('finished', { config, metrics: epochLines(5, more), scores });
    answer = await serkit(['plot', run]);
  });

  test('has curves and a confusion matrix, as SVG and PNG; stdout names the files', () => {
    expect(answer).toMatchObject({ code: 0, stderr: '' });
    const files = ['curves.svg', 'curves.png', 'confusion.svg', 'confusion.png'];
    expect(answer.stdout.trim().split('\n')).toEqual(files.map((file) => join(run, 'plots', file)));
    expect(readdirSync(join(run, 'plots')).sort()).toEqual(files.sort());
  });

  test('its curves go through every epoch, under a title that says what it is', () => {
    const svg = svgOf(run);
    expect(svg.endsWith('</svg>')).toBe(true);
    expect(verticesOf(svg)).toEqual({
      training: 5,
      watched: 5,
      UAR: 5,
      accuracy: 5,
      'chance UAR 25.0 %': 2,
      'learning rate': 5,
      'whole epoch': 5,
      'waited for batches': 5,
      'gradient norm': 5,
      resident: 5,
      'JavaScript heap': 5,
      tensors: 5,
    });
    const texts = textsOf(svg);
    for (const text of [
      'cnn, paper-16k, speaker-independent fold 2, seed 7, wasm',
      '5 epochs, kept epoch 4; 40 test examples:',
      'kept: epoch 4',
      'cross-entropy (nats)',
      'accuracy, UAR',
      'learning rate',
      'seconds an epoch',
      'MB',
      '0 %',
      '100 %',
    ])
      expect(texts).toContain(text);
    expect(texts.join('\n')).toContain('UAR 58.8 %');
    expect(texts.join('\n')).not.toContain('leaks');
    expect(svg).toContain('font-family="DejaVu Sans');
  });

  test('its confusion matrix has shares of rows and counts; a label without examples has none', () => {
    const texts = textsOf(svgOf(run, 'confusion'));
    for (const text of ['neutral (10)', 'happy (20)', 'sad (10)', 'angry (0)', '70 %', '85 %', '80 %', '17', '8'])
      expect(texts).toContain(text);
    expect(texts.filter((text) => text === '–')).toHaveLength(4);
  });

  test.each(['curves', 'confusion'])('%s.png is the SVG, larger and not blank', (name) => {
    const [, width, height] = /<svg [^>]*width="([\d.]+)" height="([\d.]+)"/.exec(svgOf(run, name))!.map(Number);
    const png = measurePng(readFileSync(join(run, 'plots', `${name}.png`)));
    expect([png.width, png.height]).toEqual([width * PNG_ZOOM, height * PNG_ZOOM]);
    expect(png.differentBytes).toBeGreaterThan(100);
  });

  test('--format and -o decide what is written, and --json says where', async () => {
    const output = join(folder, 'elsewhere');
    const { code, stdout } = await serkit(['plot', run, '--format', 'svg', '-o', output, '--json']);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toEqual({ files: ['curves.svg', 'confusion.svg'].map((file) => join(output, file)) });
    expect(readdirSync(output).sort()).toEqual(['confusion.svg', 'curves.svg']);
  });
});

test('letters are drawn with the font that was brought, in both weights', async () => {
  const sheet = (text: string) =>
    renderPng(
      `<svg xmlns="http://www.w3.org/2000/svg" width="99" height="40" font-family="${fontFamily}"><rect width="99" height="40" fill="#fff"/>${text}</svg>`,
    );
  const ink = async (text: string) => measurePng(Buffer.from(await sheet(text))).differentBytes;
  const blank = await ink('');
  const plain = await sheet('<text x="5" y="20">UAR %</text>');
  const bold = await sheet('<text x="5" y="20" font-weight="bold">UAR %</text>');
  expect(blank).toBeLessThan(10);
  expect(measurePng(Buffer.from(plain)).differentBytes).toBeGreaterThan(blank + 20);
  expect(Buffer.compare(plain, bold)).not.toBe(0);
  expect(notInFont('радость λύπη été (10) – 怒り')).toEqual(['怒', 'り']);
  expect(await ink('<text x="5" y="20">радость λύπη</text>')).toBeGreaterThan(blank + 20);
});

test('a protocol that leaks is called so in every title, with a score or without', async () => {
  const paper = { ...config, experiment: { ...config.experiment, protocol: 'paper', fold: 0 } };
  const files = { config: paper, metrics: epochLines(2) };
  const finished = await writeRun('paper', { ...files, scores: { ...scores, leaks: true } });
  const unfinished = await writeRun('paper-unfinished', files);
  for (const run of [finished, unfinished]) {
    await plotHere(run);
    expect(textsOf(svgOf(run)).join('\n')).toContain('cnn, paper-16k, paper (leaks), seed 7, wasm');
  }
  expect(textsOf(svgOf(finished, 'confusion')).join('\n')).toContain('(leaks: copies of test clips were trained on)');
  const both = await serkit(['plot', finished, unfinished, '--format', 'svg', '-o', join(folder, 'leaking')]);
  expect(both.code).toBe(0);
  const svg = readFileSync(join(folder, 'leaking', 'comparison.svg'), 'utf8');
  expect(textsOf(svg).filter((text) => text.includes('(leaks)'))).toHaveLength(2);
});

describe('a run that has not ended', () => {
  test('has curves alone, its best epoch so far, and a line that says so', async () => {
    const run = await writeRun('training', { config, metrics: epochLines(3) });
    const { code, stdout, stderr } = await serkit(['plot', run, '--format', 'svg']);
    expect(code).toBe(0);
    expect(stdout.trim()).toBe(join(run, 'plots', 'curves.svg'));
    expect(stderr).toContain(`${run}: has no scores.json (in training, or interrupted): curves alone`);
    const texts = textsOf(svgOf(run)).join('\n');
    expect(texts).toContain('best so far: epoch 3');
    expect(texts).toContain('3 epochs so far, no test score yet; last watched UAR 24.0 %');
    for (const absent of ['learning rate', 'Memory', 'Gradient norm']) expect(texts).not.toContain(absent);
  });

  test('a last line that was cut off is left out, with a note', async () => {
    const run = await writeRun('torn', { config, metrics: `${epochLines(3)}${epochLine(4).slice(0, 40)}` });
    const { code, stderr } = await serkit(['plot', run, '--format', 'svg']);
    expect(code).toBe(0);
    expect(stderr).toContain('metrics.jsonl: line 4 was cut off in writing, and is left out');
    expect(verticesOf(svgOf(run)).training).toBe(3);
  });

  test('an epoch that was trained again counts once, as it was last', async () => {
    const metrics = `${epochLines(3)}${epochLine(3, { seconds: 1 })}\n${epochLine(4)}\n`;
    const run = await writeRun('resumed', { config, metrics });
    await plotHere(run);
    expect(verticesOf(svgOf(run))['whole epoch']).toBe(4);
  });

  test('one epoch is points, and figures that are not finite are gaps', async () => {
    const one = await writeRun('one', { config, metrics: epochLines(1) });
    const nothing = { loss: null, watched: { loss: null, accuracy: 0.1, uar: 0.1 } };
    const diverged = await writeRun('diverged', {
      config,
      metrics: `${epochLine(1, nothing)}\n${epochLine(2, nothing)}\n`,
    });
    await plotHere(diverged);
    expect(textsOf(svgOf(diverged))).toContain('Loss: no finite figure');
    const gap = await writeRun('gap', {
      config,
      metrics: `${epochLines(2)}${epochLine(3, nothing)}\n${epochLine(4)}\n`,
    });
    await plotHere(one);
    await plotHere(gap);
    expect(
      svgOf(one).match(/aria-label="epoch: 1; cross-entropy[^"]*" role="[^"]*" aria-roledescription="point"/g),
    ).toHaveLength(2);
    expect(verticesOf(svgOf(gap))).toMatchObject({ training: 3, watched: 3, UAR: 4 });
    expect(`${svgOf(one)}${svgOf(gap)}`).not.toContain('NaN');
  });
});

test('several runs are overlaid, each with its name, colour and dash', async () => {
  const first = await writeRun('fold-a', { config, metrics: epochLines(5), scores });
  const second = await writeRun('fold-b', { config, metrics: epochLines(3) });
  const output = join(folder, 'compared');
  expect((await serkit(['plot', first, second, '-o', output])).code).toBe(0);
  expect(readdirSync(output).sort()).toEqual(['comparison.png', 'comparison.svg']);
  const svg = readFileSync(join(output, 'comparison.svg'), 'utf8');
  const names = ['fold-a', 'fold-b'].map((name) => `${name}: cnn, paper-16k, speaker-independent fold 2, seed 7, wasm`);
  expect(textsOf(svg)).toEqual(expect.arrayContaining([...names, 'UAR', 'cross-entropy (nats)']));
  expect(verticesOf(svg)).toMatchObject({ [names[0]]: 5, [names[1]]: 3 });
  const styles = svg.matchAll(/line mark" d="[^"]*" stroke="([^"]+)" stroke-width="1.8" stroke-dasharray="([^"]+)"/g);
  expect(new Set(Array.from(styles, ([, colour, dash]) => `${colour} ${dash}`)).size).toBe(2);
});

describe('bad input is one line that names the file', () => {
  test.each<[string, Parameters<typeof writeRun>[1], RegExp]>([
    ['no-run', {}, /no-run: is no run, it has no config\.json; supported: /],
    ['no-epoch', { config }, /no-epoch: no epoch has ended yet/],
    ['only-torn', { config, metrics: '{"epoch":1' }, /only-torn: no epoch has ended yet/],
    [
      'bad-line',
      { config, metrics: `${epochLine(1)}\n{"epoch":\n${epochLine(3)}\n` },
      /metrics\.jsonl: line 2 is not JSON/,
    ],
    ['wrong-line', { config, metrics: `${epochLine(1)}\n{"epoch":2}\n` }, /metrics\.jsonl: line 2: loss/],
    ['wrong-config', { config: { preset: 'x' }, metrics: epochLines(1) }, /config\.json: experiment/],
    ['wrong-scores', { config, metrics: epochLines(1), scores: { leaks: 1 } }, /scores\.json: leaks/],
  ])('%s', async (name, files, says) => {
    const run = await writeRun(name, files);
    await expect(readRunHistory(run)).rejects.toThrow(says);
    await expect(readRunHistory(run)).rejects.toThrow(/^.*$/); // one line
  });

  test('through the command line', async () => {
    const bad = await writeRun('bad', { config, metrics: `${epochLine(1)}\n{"epoch":\n${epochLine(3)}\n` });
    const good = await writeRun('beside-bad', { config, metrics: epochLines(1) });
    expectOneLine(await serkit(['plot', join(folder, 'nowhere')]), 1, /nowhere: is no run, it has no config\.json/);
    const output = join(folder, 'of-bad');
    expectOneLine(await serkit(['plot', good, bad, '-o', output]), 1, /bad\/metrics\.jsonl: line 2 is not JSON/);
    expect(existsSync(output)).toBe(false);
  });

  test('an output that is a file; a format that there is not; no run at all', async () => {
    const run = await writeRun('good', { config, metrics: epochLines(1), scores });
    await writeFile(join(folder, 'file'), 'kept');
    expectOneLine(await serkit(['plot', run, '-o', join(folder, 'file')]), 1, /file: can't be made/);
    expect(readFileSync(join(folder, 'file'), 'utf8')).toBe('kept');
    expectOneLine(await serkit(['plot', run, '--format', 'pdf']), 2, /pdf.*svg/);
    expectOneLine(await serkit(['plot']), 2, /need at least 1/);
  });
});

test('without the chart packages, the error names the command that installs them', async () => {
  const main = await installWithout(/^(vega|@resvg|dejavu)/, join(folder, 'bare'));
  const run = await writeRun('undrawn', { config, metrics: epochLines(1) });
  const plot = () => execFileSync(process.execPath, [main, 'plot', run], { stdio: 'pipe', encoding: 'utf8' });
  expect(plot).toThrow(/drawing needs vega\S*, which is not installed: npm install .*vega-lite@.*resvg.*dejavu/);
  expect(existsSync(join(run, 'plots'))).toBe(false);
});
