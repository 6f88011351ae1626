import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import writeFileAtomic from 'write-file-atomic';
import { hideBin } from 'yargs/helpers';
import yargs from 'yargs/yargs';
import { TerminalReporter } from '../pipeline/cli/terminal-reporter.js';
import { commandOf } from './command.js';
import { competeCold, competeOnClips, inferenceContestants } from './inference-contest.js';
import { writeClips, writeModels } from './inference-inputs.js';
import { type InferenceResult, inferenceMarkdown, inferenceText, summariseClips } from './inference-report.js';
import { streamCosts } from './inference-stream.js';
import { wireSizes } from './inference-wire.js';
import { thisMachine } from './machine.js';

/** `npm run bench:inference`: how soon a clip is answered, a process is ready, a page is loaded; librosa beside it. */

const results = join(import.meta.dirname, '..', '..', 'bench', 'results');

const parser = yargs(hideBin(process.argv))
  .scriptName('npm run bench:inference --')
  .usage('$0: a clip’s bytes to its answer on one thread, cold start, bytes over the wire')
  .option('run', {
    type: 'string',
    describe: 'a run folder; default: the report’s CNN, never trained, which takes as long',
  })
  .option('clip', { type: 'string', describe: 'a recording of at least 3 s; default: synthetic voices' })
  .option('peers', { type: 'boolean', default: false, describe: 'librosa + onnxruntime too, by SERKIT_BENCH_PYTHON' })
  .option('rounds', { type: 'number', default: 7 })
  .option('repeat', { type: 'number', default: 15, describe: 'counted answers, in each round' })
  .option('json', { type: 'boolean', default: false, describe: 'one JSON document on stdout' })
  .option('o', { alias: 'output', type: 'string', default: results, defaultDescription: 'bench/results' })
  .example('$0 --peers', 'all of it')
  .example('$0 --rounds 1 --repeat 5', 'a quick look')
  .check(({ rounds, repeat }) => {
    for (const [option, value] of Object.entries({ rounds, repeat }))
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

async function bench({ run, clip, peers, rounds, repeat }: Options): Promise<InferenceResult> {
  const scratch = await mkdtemp(join(tmpdir(), 'serkit-bench-'));
  const reporter = new TerminalReporter();
  try {
    const models = await writeModels(scratch, run);
    const clips = await writeClips(scratch, clip, peers ? (process.env.SERKIT_BENCH_PYTHON ?? 'python3') : undefined);
    const contestants = inferenceContestants(peers);
    const contest = { models, clips, rounds, repeat };
    const { performances, versions } = await competeOnClips(contestants, contest, reporter);
    const coldContest = { model: models.features, clip: clips['WAV 48 kHz'], rounds };
    return {
      command: commandOf('bench:inference'),
      date: new Date().toISOString(),
      machine: thisMachine(),
      versions,
      rounds,
      repeat,
      model: run === undefined ? 'cnn, never trained' : 'cnn, of a run',
      clips: summariseClips(performances),
      cold: await competeCold(contestants, coldContest, reporter),
      streams: await streamCosts(models, clips['WAV 16 kHz'], reporter),
      wire: await wireSizes(models),
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
  await writeFileAtomic(join(options.o, 'inference.json'), `${JSON.stringify(result, null, 2)}\n`);
  await writeFileAtomic(join(options.o, 'inference.md'), inferenceMarkdown(result));
  console.log(options.json ? JSON.stringify(result, null, 2) : inferenceText(result));
  console.error(`written: ${join(options.o, 'inference.md')} and inference.json`);
} catch (error) {
  console.error(`bench:inference: ${(error as Error).message.trim().replace(/\s*\n\s*/g, ' ')}`);
  process.exitCode = 1;
}
