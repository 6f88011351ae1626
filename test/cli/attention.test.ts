import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { toOnnx } from '../../onnx/index.js';
import { encodeWav } from '../../pipeline/audio/index.js';
import { PNG_ZOOM } from '../../pipeline/experiments/charts/render.js';
import { readArtifacts } from '../../pipeline/training/model-folder.js';
import type { Prediction } from '../../pipeline/workflows/predict.js';
import { tinyFile } from '../inference/tiny.js';
import { metadataOf } from '../onnx/decoded.js';
import { serkit, temporaryFolder, trainSmall, writeSmallCorpus } from '../support/cli.js';
import { installWithout } from '../support/install.js';

/** A model with attention over two chunks, trained a little and exported; what a person then does with it. */
let folder: string;
let data: string;
let run: string;
let model: string;
let clip: string;
let shared: string[];

beforeAll(async () => {
  folder = await temporaryFolder();
  data = await writeSmallCorpus(join(folder, 'corpus'));
  const cache = join(folder, 'cache');
  [run, model] = [join(folder, 'run'), join(folder, 'attention.onnx')];
  shared = ['--data', data, '--cache', cache, '--backend', 'wasm'];
  const options = ['filters=[4]', 'pools=[8]', 'dropouts=[0.1]', 'lstmUnits=8', 'denseUnits=8'];
  const settings = ['features=paper-16k', 'copies=0', ...options.map((option) => `model.${option}`)];
  const set = settings.flatMap((setting) => ['--set', setting]);
  const trained = await trainSmall(data, cache, run, '--model', 'cnn-attention-lstm', ...set);
  if (trained.code !== 0) throw new Error(trained.stderr);
  await serkit(['export', run, '-o', model]);
  clip = join(folder, 'swell.wav');
  const swell = Float32Array.from({ length: 72_000 }, (_, i) => (i / 72_000) * 0.3 * Math.sin(i / 6));
  await writeFile(clip, encodeWav(swell, 16_000));
}, 120_000);
afterAll(() => rm(folder, { recursive: true, force: true }));

const textsOf = (svg: string): string[] =>
  Array.from(svg.matchAll(/<(?:text|tspan)\b[^>]*>([^<]+)</g), ([, text]) => text);

test('parity holds the weights of the chunks against each other too', async () => {
  const { code, stdout } = await serkit(['parity', run, '--file', model, ...shared, '--json']);
  const [{ largestDifference, largestAttentionDifference, ...result }] = JSON.parse(stdout).comparisons;
  expect([code, result]).toEqual([0, expect.objectContaining({ clips: 10, otherLabel: [], outcome: 'passed' })]);
  for (const difference of [largestDifference, largestAttentionDifference]) {
    expect(difference).toBeLessThanOrEqual(1e-5);
    expect(difference).toBeGreaterThan(0); // two different programs computed it
  }
  const table = await serkit(['parity', run, ...shared]);
  expect(table.stdout).toMatch(
    /largest \|Δp\| +largest \|Δattention\| +allowed +outcome\n.* \d\.\de-\d+ +\d\.\de-\d+ .*passed\n/,
  );
  expect(table.stdout).toContain('no probability or weight further apart than');
}, 60_000);

test('parity with a file of the same weights without attention says what to do', async () => {
  const plain = join(folder, 'plain.onnx');
  const { 'serkit.attention': _, ...metadata } = metadataOf(readFileSync(model));
  await writeFile(plain, toOnnx(await readArtifacts(run), { metadata }));
  const { code, stderr } = await serkit(['parity', run, '--file', plain, ...shared]);
  expect([code, stderr.trim().split('\n').at(-1)]).toEqual([
    1,
    `serkit: ${plain}: ${run} has attention and ${plain} has none; compare with a fresh export of the run`,
  ]);
}, 60_000);

test('predict answers with the weights, and draws them over the recording', async () => {
  const pictures = join(folder, 'pictures');
  const [name] = readdirSync(join(folder, 'corpus', 'happy'));
  const short = join(folder, 'corpus', 'happy', name); // ends inside the first chunk
  const { code, stdout } = await serkit(['predict', model, clip, short, clip, '--attention', pictures, '--json']);
  expect(code).toBe(0);
  const predictions = JSON.parse(stdout).predictions as Prediction[];
  const [{ attention = [], label }] = predictions;
  expect(attention).toMatchObject([
    { startSeconds: 0.5, endSeconds: 3 },
    { startSeconds: 1.5, endSeconds: 4 },
  ]);
  const weights = attention.map(({ weight }) => weight);
  expect(weights[0] + weights[1]).toBeCloseTo(1, 6);
  const stem = name.replace(/\.wav$/, '');
  const names = ['swell', stem, 'swell-2'].flatMap((each) => [`${each}.svg`, `${each}.png`]);
  const files = predictions.flatMap((prediction) => prediction.pictures ?? []);
  expect(files).toEqual(names.map((each) => join(pictures, each)));
  expect(readdirSync(pictures).sort()).toEqual(names.sort());
  const [svg, png] = files.map((file) => readFileSync(file));
  const texts = textsOf(svg.toString());
  const percentages = weights.map((weight) => `${(100 * weight).toFixed(1)} %`);
  expect(texts).toEqual(expect.arrayContaining(['chunk 1', 'chunk 2', ...percentages, 'time (s)', 'Hz (mel scale)']));
  expect(texts.some((text) => text.includes(`: ${label} `))).toBe(true);
  expect(texts).not.toContain('silence');
  expect(textsOf(readFileSync(files[2], 'utf8'))).toContain('silence');
  const [, width, height] = /<svg[^>]* width="(\d+)" height="(\d+)"/.exec(svg.toString())!.map(Number);
  expect([png.readUInt32BE(16), png.readUInt32BE(20)]).toEqual([PNG_ZOOM * width, PNG_ZOOM * height]);
}, 60_000);

test('predict prints the weights beside the seconds that they are of', async () => {
  const { stdout } = await serkit(['predict', model, clip]);
  expect(stdout).toMatch(/\n {2}attention: 0\.50–3\.00 s \d+\.\d %, 1\.50–4\.00 s \d+\.\d %\n/);
});

test('a model without attention has none to draw, in one line', async () => {
  const tiny = join(folder, 'tiny.onnx');
  await writeFile(tiny, await tinyFile());
  const pictures = join(folder, 'none');
  const { code, stdout, stderr } = await serkit(['predict', tiny, clip, '--attention', pictures]);
  expect([code, stdout]).toEqual([1, '']);
  expect(stderr).toMatch(
    /^serkit: \S+tiny\.onnx: has no attention to draw; supported: files .*cnn-attention-lstm\)\n$/,
  );
  expect(existsSync(pictures)).toBe(false);
  const { predictions } = JSON.parse((await serkit(['predict', tiny, clip, '--json'])).stdout);
  expect(predictions[0]).not.toHaveProperty('attention');
});

test('a light install predicts, and names the command that installs what draws', async () => {
  const main = await installWithout(/^(vega|@resvg|dejavu|@tensorflow)/, join(folder, 'light'));
  const pictures = join(folder, 'undrawn');
  const predict = (...more: string[]) =>
    execFileSync(process.execPath, [main, 'predict', model, clip, ...more], { stdio: 'pipe', encoding: 'utf8' });
  expect(predict()).toContain('attention: ');
  expect(() => predict('--attention', pictures)).toThrow(
    /drawing needs \S+, which is not installed: npm install .*vega/,
  );
  expect(existsSync(pictures)).toBe(false);
}, 60_000);
