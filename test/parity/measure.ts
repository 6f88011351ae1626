import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { cpus } from 'node:os';
import * as tf from '@tensorflow/tfjs-core';
import writeFileAtomic from 'write-file-atomic';
import { hideBin } from 'yargs/helpers';
import yargs from 'yargs/yargs';
import { commandOf } from '../../bench/command.js';
import { openCorpus } from '../../pipeline/datasets/index.js';
import { exampleSamples } from '../../pipeline/extraction/clip-job.js';
import { skipped } from '../../pipeline/workflows/parity-ways.js';
import { testSideOf } from '../../pipeline/workflows/test-side.js';
import { openTrained } from '../../pipeline/workflows/trained-model.js';
import { versions } from '../../pipeline/workflows/versions.js';
import { whyAbsent } from '../support/what-is-here.js';
import { closeBrowser } from './browser-runtimes.js';
import { compareRuntime } from './judged.js';
import { type ParityRecord, recordFile } from './record.js';
import { versionsOfRuntimes } from './runtime-versions.js';
import { type FileKind, reference, runtimes } from './runtimes.js';
import { clipRateHz, clipsOf, type SpokenClip } from './spoken-clips.js';
import { type Subject, trainedSubject } from './subject.js';

/** `npm run parity:measure`: trained runs on real clips, everywhere that is here; `npm run parity:table` shows it. */

const parser = yargs(hideBin(process.argv))
  .scriptName('npm run parity:measure --')
  .usage(
    '$0 RUN…: answers of trained runs on their test clips, everywhere that is here, into bench/results/parity.json',
  )
  .option('data', { type: 'string', demandOption: true, describe: 'the corpus that they were trained on' })
  .option('clips', { type: 'number', default: 60, describe: 'of its test side, spread evenly, for each run' })
  .option('synthetic', { type: 'number', default: 12, describe: 'synthetic clips beside them' })
  .option('gpu-clips', { type: 'number', default: 12, describe: 'of all these, for GPUs: software adapters are slow' })
  .option('add', {
    type: 'boolean',
    default: false,
    describe: 'to what is recorded, which stays, instead of beginning anew',
  })
  .demandCommand(1, 'which run?')
  .strict()
  .wrap(110);
const { _: runs, data, clips: count, synthetic, gpuClips, add } = await parser.parseAsync();

/** As many as wanted, spread evenly. */
const spread = <T>(all: readonly T[], wanted: number): T[] =>
  Array.from(
    { length: Math.min(wanted, all.length) },
    (_, i) => all[Math.floor((i * all.length) / Math.min(wanted, all.length))],
  );

tf.env().set('IS_TEST', false); // wasm's own kernels fail in tfjs's test mode
const corpus = await openCorpus(data);
const synthesised = await clipsOf('synthetic', synthetic);

async function clipsFor(run: string): Promise<SpokenClip[]> {
  const { provenance } = await openTrained(run);
  const examples = spread(testSideOf(corpus, provenance, run).examples, count);
  const real = await Promise.all(
    examples.map(async (example) => ({
      name: example.clip.id,
      samples: await exampleSamples(example, provenance.seed, clipRateHz),
    })),
  );
  return [...real, ...synthesised];
}

const before =
  add && existsSync(recordFile) ? (JSON.parse(await readFile(recordFile, 'utf8')) as ParityRecord) : undefined;
const record: ParityRecord = {
  command: [...(before ? [before.command] : []), commandOf('parity:measure')].join('; '),
  date: new Date().toISOString().slice(0, 10),
  machine: `${cpus()[0]?.model ?? process.arch}, ${cpus().length} cores`,
  data: `${corpus.name}, test side of each run, and synthetic speech`,
  reference: reference.name,
  versions: { ...(await versions()), ...(await versionsOfRuntimes()) },
  models: before?.models ?? [],
  comparisons: before?.comparisons ?? [],
};

async function measure(subject: Subject, run: string): Promise<void> {
  const { name } = subject;
  const clips = await clipsFor(run);
  const onGpu = spread(clips, gpuClips);
  const { experiment, corpus: trainedOn } = await configOf(run);
  record.models = [
    ...record.models.filter((each) => each.name !== name),
    {
      ...{ name, parameters: subject.model.countParams() },
      trainedOn: `${trainedOn.name}, ${experiment.protocol}, fold ${experiment.fold}`,
    },
  ];
  const rows = new Map<string, number[]>();
  const expected = await reference.answer(subject, reference.kinds[0], clips);
  clips.forEach((clip, i) => {
    rows.set(clip.name, [...expected.subarray(i * subject.labels.length, (i + 1) * subject.labels.length)]);
  });
  for (const runtime of runtimes) {
    const absent = runtime.need && whyAbsent(runtime.need);
    for (const kind of runtime.kinds) {
      if (isRecorded(name, runtime.name, kind)) continue;
      const chosen = runtime.gpu ? onGpu : clips;
      const answers = Float32Array.from(chosen.flatMap((clip) => rows.get(clip.name)!));
      const started = performance.now();
      const comparison = absent
        ? skipped({ runtime: runtime.name, gpu: runtime.gpu, ...kind }, absent)
        : await compareRuntime(runtime, subject, kind, chosen, answers);
      record.comparisons.push({ model: name, ...comparison });
      await writeFileAtomic(recordFile, `${JSON.stringify(record, null, 1)}\n`);
      const gap = 'largestDifference' in comparison ? comparison.largestDifference.toExponential(1) : '';
      const seconds = ((performance.now() - started) / 1000).toFixed(0);
      console.error(
        [name, runtime.name, kind.input, kind.precision, comparison.outcome, gap, `${seconds} s`].join('  '),
      );
    }
  }
}

const isRecorded = (model: string, runtime: string, { input, precision }: FileKind): boolean =>
  record.comparisons.some(
    (each) => each.model === model && each.runtime === runtime && each.input === input && each.precision === precision,
  );

async function configOf(run: string) {
  const trained = await openTrained(run);
  if (trained.kind !== 'run') throw new TypeError(`${run}: is a file; supported: a run folder`);
  return trained.config;
}

try {
  for (const run of runs) {
    const subject = await trainedSubject(String(run));
    await measure(subject, String(run));
    subject.model.dispose();
  }
  if (record.comparisons.some(({ outcome }) => outcome === 'failed')) process.exitCode = 1;
} finally {
  await closeBrowser();
}
