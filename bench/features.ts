import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import seedrandom from 'seedrandom';
import writeFileAtomic from 'write-file-atomic';
import { hideBin } from 'yargs/helpers';
import yargs from 'yargs/yargs';
import { z } from 'zod';
import { TerminalReporter } from '../pipeline/cli/terminal-reporter.js';
import { versions } from '../pipeline/workflows/versions.js';
import { commandOf } from './command.js';
import {
  type FeaturesBenchResult,
  featuresMarkdown,
  featuresText,
  type Performance,
  summarise,
} from './features-report.js';
import { type FeaturesTask, frameCount, melTask } from './features-task.js';
import { LineProcess } from './line-process.js';

/** `npm run bench:features`: how fast a mel spectrogram is on one thread; librosa and torchaudio beside it. */

const results = join(import.meta.dirname, '..', '..', 'bench', 'results');
const SECONDS = 60;

const parser = yargs(hideBin(process.argv))
  .scriptName('npm run bench:features --')
  .usage('$0: how fast a mel spectrogram is on one thread, and how near to Meyda')
  .option('peers', { type: 'boolean', default: false, describe: 'librosa and torchaudio too, by SERKIT_BENCH_PYTHON' })
  .option('rounds', { type: 'number', default: 7 })
  .option('times', { type: 'number', default: 5, describe: 'in each round, after one that is not counted' })
  .option('json', { type: 'boolean', default: false, describe: 'one JSON document on stdout' })
  .option('o', { alias: 'output', type: 'string', default: results, defaultDescription: 'bench/results' })
  .example('$0 --peers', 'all of it')
  .strict()
  .wrap(110)
  .fail((message, error) => {
    throw error ?? new SyntaxError(message);
  });
type Options = Awaited<typeof parser.argv>;

const introduction = z.object({ values: z.number(), versions: z.record(z.string(), z.string()) });
const measured = z.object({ milliseconds: z.array(z.number().positive()) });

/** Each in a process of its own, in turn, round after round: what else the machine does strikes all alike. */
async function bench({ peers, rounds, times }: Options): Promise<FeaturesBenchResult> {
  const scratch = await mkdtemp(join(tmpdir(), 'serkit-bench-'));
  const reporter = new TerminalReporter();
  const entrants: { process: LineProcess; performance: Performance }[] = [];
  const absent: FeaturesBenchResult['absent'] = [];
  const found = await versions();
  try {
    const signal = join(scratch, 'signal.f32');
    const samples = noise(SECONDS * melTask.sampleRateHz);
    await writeFile(signal, samples);
    const wanted = melTask.melBands * frameCount(samples.length);
    const libraries = ['serkit', 'meyda', ...(peers ? (['librosa', 'torchaudio'] as const) : [])] as const;
    for (const library of libraries) {
      const process = new LineProcess(contestantCommand({ library, signal, ...melTask }));
      try {
        const { values, versions } = introduction.parse(await process.answer());
        if (values !== wanted) throw new RangeError(`${library} gives ${values} values, not ${wanted}`);
        Object.assign(found, versions);
        entrants.push({ process, performance: { name: library, milliseconds: [] } });
      } catch (error) {
        await process.end();
        if (error instanceof RangeError) throw error;
        absent.push({ name: library, reason: (error as Error).message });
      }
    }
    for (let round = 0; round < rounds; round++)
      for (const { process, performance } of entrants) {
        reporter.progress('features', round, rounds, performance.name);
        const slow = performance.name === 'meyda'; // seconds a time, beside which a warm-up is nothing
        const { milliseconds } = measured.parse(await process.ask({ times: slow ? 1 : times + 1 }));
        performance.milliseconds.push(slow ? milliseconds : milliseconds.slice(1));
      }
    reporter.progress('features', rounds, rounds);
  } finally {
    reporter.end();
    await Promise.all(entrants.map(({ process }) => process.end()));
    await rm(scratch, { recursive: true });
  }
  return {
    command: commandOf('bench:features'),
    date: new Date().toISOString(),
    machine: cpus()[0]?.model ?? process.arch,
    versions: found,
    seconds: SECONDS,
    rounds,
    times,
    contestants: summarise(
      entrants.map(({ performance }) => performance),
      SECONDS,
    ),
    absent,
  };
}

/** White noise at −10 dBFS, the same each time: no number is dear or cheap in it. */
function noise(length: number): Float32Array {
  const random = seedrandom('features');
  return Float32Array.from({ length }, () => 1.1 * (random() - 0.5));
}

function contestantCommand(task: FeaturesTask): [string, ...string[]] {
  const given = JSON.stringify(task);
  if (task.library === 'serkit' || task.library === 'meyda')
    return [process.execPath, join(import.meta.dirname, 'features-contestant.js'), given];
  const script = join(import.meta.dirname, '..', '..', 'bench', 'peers', 'features_mel.py');
  return [process.env.SERKIT_BENCH_PYTHON ?? 'python3', script, given];
}

try {
  const options = await parser.parseAsync();
  const result = await bench(options);
  await mkdir(options.o, { recursive: true });
  await writeFileAtomic(join(options.o, 'features.json'), `${JSON.stringify(result, null, 2)}\n`);
  await writeFileAtomic(join(options.o, 'features.md'), featuresMarkdown(result));
  console.log(options.json ? JSON.stringify(result, null, 2) : featuresText(result));
  console.error(`written: ${join(options.o, 'features.md')} and features.json`);
} catch (error) {
  console.error(`bench:features: ${(error as Error).message.trim().replace(/\s*\n\s*/g, ' ')}`);
  process.exitCode = 1;
}
