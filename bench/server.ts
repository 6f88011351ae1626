import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import writeFileAtomic from 'write-file-atomic';
import { hideBin } from 'yargs/helpers';
import yargs from 'yargs/yargs';
import { TerminalReporter } from '../pipeline/cli/terminal-reporter.js';
import { packageVersion } from '../pipeline/workflows/package-version.js';
import { commandOf } from './command.js';
import { writeClips, writeModels } from './inference-inputs.js';
import { thisMachine } from './machine.js';
import { competeOnLoad, serverContestants } from './server-contest.js';
import { type ServerResult, serverMarkdown, serverText, summariseLoads } from './server-report.js';

/** `npm run bench:server`: requests a second and how long they take, from one client to many; FastAPI beside it. */

const results = join(import.meta.dirname, '..', '..', 'bench', 'results');

const parser = yargs(hideBin(process.argv))
  .scriptName('npm run bench:server --')
  .usage('$0: requests a second, p50 and p99 of `serkit serve`')
  .option('run', {
    type: 'string',
    describe: 'a run folder; default: the report’s CNN, never trained, which takes as long',
  })
  .option('clip', { type: 'string', describe: 'a recording of at least 3 s; default: synthetic voices' })
  .option('peers', { type: 'boolean', default: false, describe: 'FastAPI + onnxruntime too, by SERKIT_BENCH_PYTHON' })
  .option('input', {
    choices: ['features', 'waveform'] as const,
    default: 'features' as const,
    describe: 'of the file',
  })
  .option('rate', { choices: [48_000, 16_000] as const, default: 48_000 as const, describe: 'of the clip, Hz' })
  .option('clients', { type: 'string', default: '1,8,64,256' })
  .option('workers', { type: 'number', default: availableParallelism(), defaultDescription: 'one a core' })
  .option('rounds', { type: 'number', default: 3 })
  .option('seconds', { type: 'number', default: 8, describe: 'of load in each round' })
  .option('json', { type: 'boolean', default: false, describe: 'one JSON document on stdout' })
  .option('o', { alias: 'output', type: 'string', default: results, defaultDescription: 'bench/results' })
  .example('$0 --peers', 'all of it')
  .example('$0 --rounds 1 --seconds 3 --clients 8', 'a quick look')
  .check(({ clients, workers, rounds, seconds }) => {
    const counts = Object.fromEntries(clients.split(',').map((count, i) => [`clients, ${i + 1}.`, Number(count)]));
    for (const [option, value] of Object.entries({ workers, rounds, seconds, ...counts }))
      if (!Number.isInteger(value) || value < 1)
        throw new RangeError(`--${option}: ${value} is not supported; supported: a whole number from 1`);
    return true;
  })
  .strict()
  .wrap(110)
  .fail((message, error) => {
    throw error ?? new SyntaxError(message);
  });
type Options = Awaited<typeof parser.argv>;

async function bench({
  run,
  clip,
  rate,
  peers,
  input,
  clients,
  workers,
  rounds,
  seconds,
}: Options): Promise<ServerResult> {
  const scratch = await mkdtemp(join(tmpdir(), 'serkit-bench-'));
  const reporter = new TerminalReporter();
  try {
    const models = await writeModels(scratch, run);
    const clips = await writeClips(scratch, clip);
    const contest = { clip: clips[`WAV ${rate / 1000} kHz`], clients: clients.split(',').map(Number), rounds, seconds };
    const loads = await competeOnLoad(serverContestants(models[input], workers, peers), contest, reporter);
    return {
      command: commandOf('bench:server'),
      date: new Date().toISOString(),
      machine: thisMachine(),
      versions: { serkit: await packageVersion(), node: process.version },
      model: `${run === undefined ? 'cnn, never trained' : 'cnn, of a run'}; takes ${input}`,
      clipRateHz: rate,
      workers,
      rounds,
      seconds,
      summary: summariseLoads(loads),
      loads,
    };
  } finally {
    reporter.end();
    await rm(scratch, { recursive: true });
  }
}

try {
  const options = await parser.parseAsync();
  const result = await bench(options);
  await mkdir(options.o, { recursive: true });
  await writeFileAtomic(join(options.o, 'server.json'), `${JSON.stringify(result, null, 2)}\n`);
  await writeFileAtomic(join(options.o, 'server.md'), serverMarkdown(result));
  console.log(options.json ? JSON.stringify(result, null, 2) : serverText(result));
  console.error(`written: ${join(options.o, 'server.md')} and server.json`);
} catch (error) {
  console.error(`bench:server: ${(error as Error).message.trim().replace(/\s*\n\s*/g, ' ')}`);
  process.exitCode = 1;
}
