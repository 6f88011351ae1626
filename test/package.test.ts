import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { build } from 'esbuild';
import { encodeWav } from '../pipeline/audio/index.js';
import { tinyFile, tinyMetadata } from './inference/tiny.js';
import { describeWith } from './support/needs.js';
import { fromRoot, repositoryRoot } from './support/paths.js';

const scratch = mkdtempSync(join(tmpdir(), 'serkit-package-'));
afterAll(() => rmSync(scratch, { recursive: true }));

let tarball: string;
let packed: string[];
beforeAll(() => {
  const report = execFileSync('npm', ['pack', '--json', '--pack-destination', scratch], {
    cwd: repositoryRoot,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const [{ filename, files }] = JSON.parse(report) as { filename: string; files: { path: string }[] }[];
  tarball = join(scratch, filename);
  packed = files.map(({ path }) => path);
});

test('what is published is what was compiled, and the documents', () => {
  expect(packed).toEqual(
    expect.arrayContaining([
      'package.json',
      'LICENSE',
      'README.md',
      'dist/inference/node.js',
      'dist/inference/node.d.ts',
      'dist/inference/web.js',
      'dist/inference/web.d.ts',
      'dist/onnx/index.js',
      'dist/onnx/index.d.ts',
      'dist/pipeline/cli/main.js',
      'dist/pipeline/training/backends/wasm/kernels.wasm',
    ]),
  );
  const documents = /^(package\.json|LICENSE|(README|ARCHITECTURE|CHANGELOG)\.md)$/;
  const compiled = /^dist\/(inference|models|onnx|pipeline)\/.+\.(js|d\.ts|wasm)$/;
  const rest = packed.filter((path) => !documents.test(path) && !compiled.test(path));
  expect(rest).toEqual([]);
});

describeWith('registry', 'installed from the tarball into an empty folder, without optional packages', () => {
  const folder = join(scratch, 'installed');
  /** The output of a command in that folder; one that fails throws with what it said. */
  const inFolder = (command: string, args: string[]): string =>
    execFileSync(command, args, { cwd: folder, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
  const exportsOf = (entry: string): unknown =>
    JSON.parse(
      inFolder('node', [
        '--input-type=module',
        '--eval',
        `console.log(JSON.stringify(Object.keys(await import('${entry}'))))`,
      ]),
    );

  beforeAll(() => {
    mkdirSync(folder);
    writeFileSync(join(folder, 'package.json'), '{"private":true}');
    const without = ['--ignore-scripts', '--omit=dev', '--omit=optional', '--omit=peer'];
    inFolder('npm', ['install', ...without, '--prefer-offline', '--no-audit', '--no-fund', tarball]);
  }, 300_000);

  test('is light: no TensorFlow, nothing of development', () => {
    const installed = readdirSync(join(folder, 'node_modules'));
    expect(installed).toEqual(expect.arrayContaining(['serkit', 'onnxruntime-node', 'meyda']));
    expect(installed).not.toContain('@tensorflow');
    expect(installed).not.toContain('jest');
  });

  test('its entries import', () => {
    expect(exportsOf('serkit')).toEqual(expect.arrayContaining(['load', 'readModelMetadata']));
    expect(exportsOf('serkit/onnx')).toEqual(expect.arrayContaining(['toOnnx']));
  });

  test('its types are whole, in Node and in a browser', () => {
    const check = (entry: string, options: string[]) => {
      writeFileSync(
        join(folder, 'app.ts'),
        `import { load } from '${entry}';
         export const label: Promise<string> = load('x.onnx')
           .then((recognizer) => recognizer.classify(new Float32Array(1), { sampleRateHz: 16_000 }))
           .then((answer) => answer.label);
         // @ts-expect-error the rate is missing: types that were lost would not see it
         load('x.onnx').then((recognizer) => recognizer.classify(new Float32Array(1)));`,
      );
      const common = ['--noEmit', '--strict', '--target', 'es2022', ...options, 'app.ts'];
      return inFolder(process.execPath, [fromRoot('node_modules', 'typescript', 'bin', 'tsc'), ...common]);
    };
    const types = ['--types', 'node', '--typeRoots', fromRoot('node_modules', '@types')];
    expect(check('serkit', ['--module', 'nodenext', '--skipLibCheck', ...types])).toBe('');
    const browser = ['--module', 'esnext', '--moduleResolution', 'bundler', '--lib', 'es2023,dom', '--types', ''];
    expect(check('serkit/web', [...browser, '--skipLibCheck'])).toBe('');
  });

  test('serkit/web is bundled for a browser', async () => {
    const { outputFiles } = await build({
      stdin: { contents: `import { load } from 'serkit/web'; globalThis.load = load;`, resolveDir: folder },
      absWorkingDir: folder,
      outdir: folder,
      ...{ bundle: true, format: 'esm', platform: 'browser', splitting: true, write: false, logLevel: 'silent' },
      external: ['module', 'onnxruntime-web/*'], // the second is an optional peer, and not installed here
    });
    expect(outputFiles.length).toBeGreaterThan(1);
  });

  test('serkit predicts', async () => {
    const tone = Float32Array.from({ length: 8000 }, (_, i) => 0.3 * Math.sin((2 * Math.PI * 440 * i) / 8000));
    writeFileSync(join(folder, 'tiny.onnx'), await tinyFile());
    writeFileSync(join(folder, 'tone.wav'), encodeWav(tone, 8000));
    const answer = JSON.parse(
      inFolder('npx', ['--no-install', 'serkit', 'predict', 'tiny.onnx', 'tone.wav', '--json']),
    ) as { predictions: { file: string; label: string; probabilities: Record<string, number> }[] };
    const [{ file, label, probabilities }] = answer.predictions;
    expect(answer.predictions).toHaveLength(1);
    expect(file).toMatch(/tone\.wav$/);
    expect(Object.keys(probabilities)).toEqual(tinyMetadata.labels);
    expect(Object.values(probabilities).reduce((total, p) => total + p)).toBeCloseTo(1, 5);
    expect(probabilities[label]).toBe(Math.max(...Object.values(probabilities)));
  });
});
