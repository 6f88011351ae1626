import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import writeFileAtomic from 'write-file-atomic';
import { hideBin } from 'yargs/helpers';
import yargs from 'yargs/yargs';
import { architectureNamed } from '../models/index.js';
import { TerminalReporter } from '../pipeline/cli/terminal-reporter.js';
import { openBackend } from '../pipeline/training/backends/index.js';
import { saveModel } from '../pipeline/training/model-folder.js';
import { versions } from '../pipeline/workflows/versions.js';
import { commandOf } from './command.js';
import { type ExportBenchResult, exportMarkdown, exportText } from './export-report.js';
import { type Exporter, type Trial, tryModel } from './export-trial.js';
import { networks } from './networks.js';
import { realModelsFolder } from './real-models-folder.js';
import { openSavedModel, type SavedModel, savedModels } from './saved-models.js';
import { Tf2onnx } from './tf2onnx.js';

/** `npm run bench:export`: models to ONNX, how fast, how small, how right; tf2onnx beside it. */

const results = join(import.meta.dirname, '..', '..', 'bench', 'results');
const opset = 17;

const parser = yargs(hideBin(process.argv))
  .scriptName('npm run bench:export --')
  .usage('$0: exports models to ONNX, the report’s CNN and those of a folder, and compares with TensorFlow.js')
  .option('models', {
    type: 'string',
    default: realModelsFolder,
    defaultDescription: 'SERKIT_REAL_MODELS, or where test/real-models/make_models.py puts them',
    describe: 'a folder of folders with a model.json each',
  })
  .option('only', { type: 'string', default: '', describe: 'a regular expression that names must match' })
  .option('peers', { type: 'boolean', default: false, describe: 'tf2onnx too, by SERKIT_TF2ONNX_PYTHON' })
  .option('rounds', { type: 'number', default: 7, describe: 'of timed inference; 0 for none' })
  .option('json', { type: 'boolean', default: false, describe: 'one JSON document on stdout' })
  .option('o', { alias: 'output', type: 'string', default: results, defaultDescription: 'bench/results' })
  .example('$0 --peers', 'all of it')
  .example('$0 --only mobilenet --rounds 0', 'how right, not how fast')
  .strict()
  .wrap(110)
  .fail((message, error) => {
    throw error ?? new SyntaxError(message);
  });
type Options = Awaited<typeof parser.argv>;

async function bench({ models, only, peers, rounds }: Options): Promise<ExportBenchResult> {
  const scratch = await mkdtemp(join(tmpdir(), 'serkit-bench-'));
  const peer = peers ? await Tf2onnx.start() : undefined;
  const reporter = new TerminalReporter();
  const trials: Trial[] = [];
  try {
    await openBackend('cpu');
    await saveReportCnn(join(scratch, 'models', 'cnn'));
    const matches = (name: string) => new RegExp(only).test(name);
    const found = (await savedModels(models)).filter(matches).map((name) => ({ folder: models, name }));
    const all = [...(matches('cnn') ? [{ folder: join(scratch, 'models'), name: 'cnn' }] : []), ...found];
    if (all.length === 0) throw new Error(`${models}: holds no model whose name matches /${only}/`);
    for (const [i, { folder, name }] of all.entries()) {
      reporter.progress('export', i, all.length, name);
      const model = await openSavedModel(folder, name);
      await useBackendFor(model);
      const convert = peer && model.modelJson.format === 'graph-model' ? by(peer, model, scratch) : undefined;
      trials.push(await tryModel(model, { rounds, peer: convert }));
    }
    reporter.progress('export', all.length, all.length);
  } finally {
    reporter.end();
    await peer?.end();
    await rm(scratch, { recursive: true });
  }
  return {
    command: commandOf('bench:export'),
    date: new Date().toISOString(),
    machine: cpus()[0]?.model ?? process.arch,
    versions: { ...(await versions()), ...peer?.versions },
    opset,
    rounds,
    trials,
  };
}

/** The report's 2D CNN, the model that this project exports most. */
async function saveReportCnn(folder: string): Promise<void> {
  const { shape, labels } = networks.cnn;
  const architecture = architectureNamed('cnn');
  const model = architecture.build({ shape, labels, seed: 1 }, architecture.defaults);
  await saveModel(model, folder);
  model.dispose();
}

/** Plain JavaScript takes minutes for a large network; native TensorFlow runs it, where it is linked. */
async function useBackendFor({ artifacts }: SavedModel): Promise<void> {
  const large = (artifacts.weightData as ArrayBuffer).byteLength > 4e6;
  if (large) await openBackend('tensorflow').catch(() => openBackend('cpu'));
  else await tf.setBackend('cpu');
}

const by =
  (peer: Tf2onnx, { path }: SavedModel, scratch: string): Exporter =>
  async () => {
    const output = join(scratch, 'tf2onnx.onnx');
    const answer = await peer.convert(path, output, opset);
    if ('error' in answer) throw new Error(answer.error);
    return { bytes: await readFile(output), seconds: answer.seconds };
  };

try {
  const options = await parser.parseAsync();
  const result = await bench(options);
  await mkdir(options.o, { recursive: true });
  await writeFileAtomic(join(options.o, 'export.json'), `${JSON.stringify(result, null, 2)}\n`);
  await writeFileAtomic(join(options.o, 'export.md'), exportMarkdown(result));
  console.log(options.json ? JSON.stringify(result, null, 2) : exportText(result));
  console.error(`written: ${join(options.o, 'export.md')} and export.json`);
} catch (error) {
  console.error(`bench:export: ${(error as Error).message.trim().replace(/\s*\n\s*/g, ' ')}`);
  process.exitCode = 1;
}
