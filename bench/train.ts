import { mkdir } from 'node:fs/promises';
import { availableParallelism, cpus, totalmem } from 'node:os';
import { join } from 'node:path';
import writeFileAtomic from 'write-file-atomic';
import { hideBin } from 'yargs/helpers';
import yargs from 'yargs/yargs';
import { architectures } from '../models/index.js';
import { TerminalReporter } from '../pipeline/cli/terminal-reporter.js';
import { backendNames } from '../pipeline/training/backends/backend.js';
import { openBackend } from '../pipeline/training/backends/index.js';
import { versions } from '../pipeline/workflows/versions.js';
import { commandOf } from './command.js';
import { batchOn, contestantsFor } from './contestants.js';
import { trainingGflop } from './multiply-adds.js';
import { networks } from './networks.js';
import { type Profile, profileStep, profileText } from './profile.js';
import { type BenchResult, benchMarkdown, benchText, summarise } from './report.js';
import { compete } from './rounds.js';
import { stockNetworks } from './stock.js';

/** `npm run bench:train`: how fast a training step is, ours on each backend, and the others' beside it. */

const models = Object.keys(networks).filter((name) => Object.hasOwn(architectures, name));
/** Plain JavaScript is measured when it is named: even its few examples take minutes. */
const usualBackends = backendNames.filter((name) => name !== 'cpu');
const results = join(import.meta.dirname, '..', '..', 'bench', 'results');

/** `a,b` as a list, each of which must be one of those that there are. */
const listOf =
  <Name extends string>(known: readonly Name[], option: string) =>
  (text: string): Name[] =>
    text.split(',').map((name) => {
      if (!known.includes(name as Name))
        throw new RangeError(`--${option}: "${name}" is not one of ${known.join(', ')}`);
      return name as Name;
    });

const wholeNumber =
  (option: string, smallest = 1) =>
  (value: number): number => {
    if (!Number.isInteger(value) || value < smallest)
      throw new RangeError(`--${option}: ${value} is not supported; supported: a whole number from ${smallest}`);
    return value;
  };

const parser = yargs(hideBin(process.argv))
  .scriptName('npm run bench:train --')
  .usage('$0: how fast a training step is on each backend here, and with --peers in Keras and PyTorch')
  .option('peers', { type: 'boolean', default: false, describe: 'Keras and PyTorch too, by SERKIT_BENCH_PYTHON' })
  .option('backends', { type: 'string', default: usualBackends.join(','), coerce: listOf(backendNames, 'backends') })
  .option('models', { type: 'string', default: models.join(','), coerce: listOf(models, 'models') })
  .option('rounds', { type: 'number', default: 5, coerce: wholeNumber('rounds') })
  .option('steps', { type: 'number', default: 3, coerce: wholeNumber('steps'), describe: 'counted, in each round' })
  .option('batch', {
    type: 'number',
    coerce: wholeNumber('batch', 2),
    describe: "examples a step; from 2, for batch normalisation; default: the networks' own",
  })
  .option('profile', {
    type: 'boolean',
    default: false,
    describe: 'instead: where the time of our step goes, by operation',
  })
  .option('json', { type: 'boolean', default: false, describe: 'one JSON document on stdout' })
  .option('o', { alias: 'output', type: 'string', default: results, defaultDescription: 'bench/results' })
  .example('$0 --peers', 'all of it')
  .example('$0 --backends wasm --models cnn --batch 16', 'a quick look at one backend')
  .example('$0 --profile --backends tensorflow --models cnn', 'a table of operations')
  .strict()
  .wrap(110)
  .fail((message, error) => {
    throw error ?? new SyntaxError(message);
  });
type Options = Awaited<typeof parser.argv>;

/** Every network in turn. */
async function bench(options: Options): Promise<BenchResult> {
  const reporter = new TerminalReporter();
  const { rounds, steps, backends, peers, batch } = options;
  const cores = availableParallelism();
  const result: BenchResult = {
    command: commandOf('bench:train'),
    date: new Date().toISOString(),
    machine: {
      cpu: cpus()[0]?.model ?? process.arch,
      cores,
      memoryGb: Math.round(totalmem() / 2 ** 30),
      platform: `${process.platform} ${process.arch}`,
    },
    versions: await versions(),
    rounds,
    steps,
    networks: [],
  };
  for (const model of options.models) {
    const contestants = contestantsFor(model, { backends, peers, batch, threads: cores });
    const { parameters } = networks[model];
    const { performances, absent } = await compete(contestants, { parameters, rounds, steps }, model, reporter);
    if (performances.length === 0)
      throw new Error(
        `${model}: nobody could train it: ${absent.map(({ name, reason }) => `${name}: ${reason}`).join('; ')}`,
      );
    const gflopPerExample = await gflopOf(model);
    result.networks.push({
      model,
      parameters,
      gflopPerExample,
      contestants: summarise(performances, gflopPerExample),
      absent,
    });
    for (const { versions: more } of performances) Object.assign(result.versions, more);
  }
  reporter.end();
  return result;
}

/** Counted on stock layers, whatever ours are made of. */
async function gflopOf(model: string): Promise<number> {
  await openBackend('cpu');
  const network = stockNetworks[model]();
  const gflop = trainingGflop(network);
  network.dispose();
  return gflop;
}

async function profiles({ backends, models: names, batch, steps }: Options): Promise<Profile[]> {
  const [backend, another] = backends;
  if (another) throw new SyntaxError('--profile looks at one backend: name it, as in --backends tensorflow');
  const found: Profile[] = [];
  for (const name of names) found.push(await profileStep(backend, name, batch ?? batchOn(backend, name), steps));
  return found;
}

try {
  const options = await parser.parseAsync();
  const { json, o } = options;
  if (options.profile) {
    const found = await profiles(options);
    console.log(json ? JSON.stringify(found, null, 2) : found.map(profileText).join('\n\n'));
  } else {
    const result = await bench(options);
    await mkdir(o, { recursive: true });
    await writeFileAtomic(join(o, 'train.json'), `${JSON.stringify(result, null, 2)}\n`);
    await writeFileAtomic(join(o, 'train.md'), benchMarkdown(result));
    console.log(json ? JSON.stringify(result, null, 2) : benchText(result));
    console.error(`written: ${join(o, 'train.md')} and train.json`);
  }
} catch (error) {
  console.error(`bench:train: ${(error as Error).message.trim().replace(/\s*\n\s*/g, ' ')}`);
  process.exitCode = 1;
}
