import { readdirSync, readFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { join, relative } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { fromRoot, repositoryRoot } from './support/paths.js';

/** What a folder may import: folders of ours beside itself, and packages (`node:` stands for Node's own modules). */
interface Rule {
  ours: readonly string[] | 'everything' | 'everything but cli';
  /** Where given, these packages alone (a name that ends in `*` is a beginning). */
  packages?: readonly string[];
  /** Never these packages. */
  not?: readonly string[];
}

const browserSafe = ['node:', '@tensorflow/*', 'onnxruntime-*'];
const tfjs = ['@tensorflow/*'];
const trainingMayImport = [
  'pipeline/audio',
  'pipeline/features',
  'pipeline/datasets',
  'pipeline/augmentation',
  'pipeline/extraction',
  'pipeline/wheels',
  'models',
];

/** The import table of ARCHITECTURE.md. A folder that is not in it is a violation: a new one is decided upon, here. */
const table: Record<string, Rule> = {
  'pipeline/audio': { ours: [], not: browserSafe },
  'pipeline/features': { ours: ['pipeline/audio'], not: browserSafe },
  models: { ours: [], packages: ['@tensorflow/tfjs-core', '@tensorflow/tfjs-layers'] },
  onnx: { ours: [], not: browserSafe },
  'pipeline/datasets': { ours: ['pipeline/audio'], not: tfjs },
  'pipeline/augmentation': { ours: ['pipeline/audio', 'pipeline/features'], not: tfjs },
  'pipeline/extraction': {
    ours: ['pipeline/audio', 'pipeline/features', 'pipeline/augmentation', 'pipeline/datasets'],
    not: tfjs,
  },
  'pipeline/wheels': { ours: [], not: tfjs },
  'pipeline/training': { ours: trainingMayImport },
  'pipeline/experiments': { ours: ['pipeline/training', ...trainingMayImport] },
  inference: {
    ours: ['pipeline/audio', 'pipeline/features'],
    packages: [
      'node:',
      'onnxruntime-*',
      'webgpu',
      '@bufbuild/protobuf',
      '@echogarden/fvad-wasm',
      'zod',
      'fastify*',
      '@fastify/*',
      'prom-client',
    ],
  },
  'web-demo': { ours: ['inference', 'pipeline/audio'], not: ['node:', ...tfjs] },
  'pipeline/workflows': { ours: 'everything but cli' },
  'pipeline/cli': { ours: ['pipeline/workflows'], not: tfjs },
  bench: { ours: 'everything' },
  test: { ours: 'everything' },
};

/** What nobody imports but itself and the tests, whatever "everything" says. */
const importedByNobody = ['bench', 'test'];

/** What is wrong with a file's imports, a line each. Paths are from the repository's root, with forward slashes. */
function violations(file: string, imports: readonly string[]): string[] {
  const folder = folderOf(file);
  const rule = table[folder];
  if (!rule) return [`${file}: the folder ${folder} is not in the import table`];
  return imports.flatMap((specifier) => {
    const wrong = specifier.startsWith('.')
      ? wrongFolder(file, folder, rule, specifier)
      : wrongPackage(rule, specifier);
    return wrong ? [`${file}: ${folder} may not import ${wrong}`] : [];
  });
}

function wrongFolder(file: string, folder: string, { ours }: Rule, specifier: string): string | undefined {
  const target = join(file, '..', specifier);
  const imported = folderOf(target);
  if (imported === folder || folder === 'test') return undefined;
  if (!table[imported]) return target;
  if (importedByNobody.includes(imported)) return imported;
  if (ours === 'everything but cli') return imported === 'pipeline/cli' ? imported : undefined;
  return ours === 'everything' || ours.includes(imported) ? undefined : imported;
}

function wrongPackage({ packages, not = [] }: Rule, specifier: string): string | undefined {
  const name = isBuiltin(specifier) ? 'node:' : specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/');
  const named = (patterns: readonly string[]) =>
    patterns.some((pattern) => (pattern.endsWith('*') ? name.startsWith(pattern.slice(0, -1)) : name === pattern));
  return (packages && !named(packages)) || named(not) ? specifier : undefined;
}

/** `pipeline/audio` of `pipeline/audio/formats/wav.ts`, `models` of `models/cnn.ts`. */
function folderOf(file: string): string {
  const parts = file.split('/');
  return parts.slice(0, parts[0] === 'pipeline' ? 2 : 1).join('/');
}

/** Every module that a source names: static, type-only, side-effect and dynamic imports, re-exports and `import()` types. */
function importsOf(source: string): string[] {
  const code = source.replace(/^\s*\/\*[\s\S]*?\*\//gm, '').replace(/^\s*\/\/.*$/gm, '');
  const forms = [
    /^\s*(?:import|export)\b[^'"`;]*?\bfrom\s*['"]([^'"]+)['"]/gm,
    /^\s*import\s*['"]([^'"]+)['"]/gm,
    /\b(?:import|require)\s*\(\s*['"`]([^'"`]+)['"`]/g,
  ];
  return forms.flatMap((form) => Array.from(code.matchAll(form), ([, specifier]) => specifier));
}

const sourceFolders = ['pipeline', 'models', 'onnx', 'inference', 'web-demo', 'bench', 'test'];
const written = readdirSync(repositoryRoot);
const sources = sourceFolders
  .filter((folder) => written.includes(folder))
  .flatMap((folder) =>
    readdirSync(fromRoot(folder), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && /\.tsx?$/.test(entry.name) && !entry.parentPath.includes('node_modules'))
      .map((entry) => relative(repositoryRoot, join(entry.parentPath, entry.name)).replaceAll('\\', '/')),
  );

describe('the import table', () => {
  test('holds for every source file', () => {
    expect(sources.length).toBeGreaterThan(80);
    const wrong = sources.flatMap((file) => violations(file, importsOf(readFileSync(fromRoot(file), 'utf8'))));
    expect(wrong).toEqual([]);
  });

  test('every relative import leads to a file', () => {
    const known = new Set(sources);
    const lost = sources.flatMap((file) =>
      importsOf(readFileSync(fromRoot(file), 'utf8'))
        .filter((specifier) => specifier.startsWith('.') && specifier.endsWith('.js'))
        .filter((specifier) => !known.has(join(file, '..', specifier).replace(/\.js$/, '.ts')))
        .map((specifier) => `${file}: ${specifier}`),
    );
    expect(lost).toEqual([]);
  });

  test.each([
    ['pipeline/audio/decode.ts', 'node:fs'],
    ['pipeline/audio/decode.ts', 'fs/promises'],
    ['pipeline/audio/decode.ts', '../features/index.js'],
    ['pipeline/features/extract.ts', '@tensorflow/tfjs-core'],
    ['pipeline/features/extract.ts', '../datasets/corpus.js'],
    ['models/cnn.ts', '@tensorflow/tfjs-node-gpu'],
    ['models/cnn.ts', 'd3-array'],
    ['onnx/converters/dense.ts', '../../models/index.js'],
    ['onnx/converters/dense.ts', '@tensorflow/tfjs-layers'],
    ['onnx/index.ts', 'node:path'],
    ['pipeline/datasets/folder.ts', '../training/train.js'],
    ['pipeline/augmentation/white-noise.ts', '../datasets/corpus.js'],
    ['pipeline/extraction/worker.ts', '../../models/index.js'],
    ['pipeline/training/train.ts', '../experiments/config.js'],
    ['pipeline/training/train.ts', '../../onnx/index.js'],
    ['pipeline/experiments/config.ts', '../workflows/train.js'],
    ['inference/classifier.ts', '../onnx/index.js'],
    ['inference/classifier.ts', '../pipeline/training/metrics.js'],
    ['inference/classifier.ts', 'yargs'],
    ['pipeline/cli/main.ts', '../training/train.js'],
    ['pipeline/cli/main.ts', '../../inference/node.js'],
    ['pipeline/workflows/train.ts', '../cli/main.js'],
    ['pipeline/workflows/train.ts', '../../bench/features.js'],
    ['pipeline/workflows/train.ts', '../../test/support/paths.js'],
    ['pipeline/workflows/train.ts', '../../scripts/elsewhere.js'],
    ['pipeline/utils/strings.ts', './more.js'],
  ])('%s may not import %s', (file, specifier) => {
    expect(violations(file, [specifier])).toHaveLength(1);
  });

  test.each([
    ['pipeline/features/extract.ts', '../audio/index.js'],
    ['pipeline/features/meyda.ts', 'meyda'],
    ['pipeline/datasets/folder.ts', 'node:path'],
    ['pipeline/training/train.ts', '../../models/index.js'],
    ['pipeline/experiments/presets/demo.ts', '../config.js'],
    ['inference/node.ts', 'onnxruntime-node'],
    ['inference/model-file.ts', '@bufbuild/protobuf/wire'],
    ['pipeline/cli/main.ts', '../workflows/train.js'],
    ['pipeline/cli/main.ts', 'yargs'],
    ['pipeline/workflows/export.ts', '../../onnx/index.js'],
    ['test/onnx/models.test.ts', '../../pipeline/cli/main.js'],
    ['bench/features.ts', '../pipeline/features/index.js'],
  ])('%s may import %s', (file, specifier) => {
    expect(violations(file, [specifier])).toEqual([]);
  });
});

test('every form of import is seen, and comments are not', () => {
  const source = [
    `import a, {`,
    `  b,`,
    `} from 'static';`,
    `import type { C } from "type";`,
    `import 'side-effect';`,
    `export * from 're-export';`,
    `export type { D } from 're-export-type';`,
    `const e = await import('dynamic');`,
    `type F = import('type-query').F;`,
    `const g = require('required');`,
    `// import h from 'line-comment';`,
    `const glob = '@scope/*';`,
    `export { i } from 'after-a-glob';`,
    `/** import j from 'block-comment'; */`,
  ].join('\n');
  expect(importsOf(source).sort()).toEqual([
    'after-a-glob',
    'dynamic',
    're-export',
    're-export-type',
    'required',
    'side-effect',
    'static',
    'type',
    'type-query',
  ]);
});
