import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { z } from 'zod';
import type { Reporter } from '../pipeline/workflows/reporter.js';
import { LineProcess } from './line-process.js';

/** What a contestant's process is given, as JSON. */
export interface InferenceTask {
  models: Record<string, string>;
  /** Of one run of the model. */
  threads: number;
  /** Answer this one and end. */
  coldClip?: string;
}

export interface InferenceQuestion {
  model: string;
  clip: string;
  /** Times that count; one more goes before them. */
  repeat: number;
}

const stagesSchema = z.object({
  decode: z.number(),
  resample: z.number(),
  features: z.number(),
  model: z.number(),
  /** From the file's bytes to the answer. */
  total: z.number(),
});
export type Stages = z.infer<typeof stagesSchema>;

const answerSchema = z.object({
  label: z.string(),
  probabilities: z.record(z.string(), z.number()),
  milliseconds: z.array(stagesSchema),
});
export type InferenceAnswer = z.infer<typeof answerSchema>;

export interface InferenceContestant {
  name: string;
  command: readonly [program: string, ...args: string[]];
  environment: NodeJS.ProcessEnv;
}

/** One thread each, whatever a library would choose. */
const oneThread = Object.fromEntries(
  ['OMP', 'OPENBLAS', 'MKL', 'NUMBA', 'NUMEXPR'].map((library) => [`${library}_NUM_THREADS`, '1']),
);

export const inferencePeer = 'librosa + onnxruntime';

export function inferenceContestants(peers: boolean): InferenceContestant[] {
  const here = import.meta.dirname; // dist/bench
  const peer = join(here, '..', '..', 'bench', 'peers', 'librosa_infer.py');
  const python = process.env.SERKIT_BENCH_PYTHON ?? 'python3';
  return [
    { name: 'serkit', command: [process.execPath, join(here, 'inference-contestant.js')], environment: oneThread },
    ...(peers ? [{ name: inferencePeer, command: [python, peer] as const, environment: oneThread }] : []),
  ];
}

export interface ClipContest {
  models: Record<string, string>;
  clips: Record<string, string>;
  rounds: number;
  /** Times a round. */
  repeat: number;
}

export interface ClipPerformance {
  contestant: string;
  model: string;
  clip: string;
  label: string;
  stages: Stages[][]; // (rounds, times)
}

/** Every model on every clip, by all contestants in turn, round after round: what slows the machine slows all. */
export async function competeOnClips(
  contestants: readonly InferenceContestant[],
  { models, clips, rounds, repeat }: ClipContest,
  reporter: Reporter,
): Promise<{ performances: ClipPerformance[]; versions: Record<string, string> }> {
  const versions: Record<string, string> = {};
  const performances: ClipPerformance[] = [];
  const processes = new Map<string, LineProcess>();
  try {
    for (const { name, command, environment } of contestants) {
      const lines = new LineProcess([...command, JSON.stringify({ models, threads: 1 })], {
        ...process.env,
        ...environment,
      });
      processes.set(name, lines);
      const introduction = z.object({ versions: z.record(z.string(), z.string()) }).parse(await lines.answer());
      Object.assign(versions, introduction.versions);
    }
    for (let round = 0; round < rounds; round++)
      for (const model of Object.keys(models))
        for (const [clip, path] of Object.entries(clips))
          for (const [contestant, lines] of processes) {
            reporter.progress('clips', round, rounds, `${contestant}: ${model}, ${clip}`);
            const answer = answerSchema.parse(await lines.ask({ model, clip: path, repeat }));
            assertProbabilities(answer, contestant);
            const isSame = (other: ClipPerformance) =>
              other.contestant === contestant && other.model === model && other.clip === clip;
            const known = performances.find(isSame);
            if (known) known.stages.push(answer.milliseconds);
            else performances.push({ contestant, model, clip, label: answer.label, stages: [answer.milliseconds] });
          }
    reporter.progress('clips', rounds, rounds);
  } finally {
    await Promise.all(Array.from(processes.values(), (lines) => lines.end()));
  }
  return { performances, versions };
}

/** The peer's mel bands differ, so its probabilities do; but they are probabilities. */
function assertProbabilities({ probabilities }: InferenceAnswer, contestant: string): void {
  const sum = Object.values(probabilities).reduce((total, value) => total + value, 0);
  if (Math.abs(sum - 1) > 1e-3) throw new RangeError(`${contestant}: its probabilities are together ${sum}, not 1`);
}

/** Milliseconds from the start of the process to its first answer, round after round. */
export async function competeCold(
  contestants: readonly InferenceContestant[],
  { model, clip, rounds }: { model: string; clip: string; rounds: number },
  reporter: Reporter,
): Promise<Record<string, number[]>> {
  const times: Record<string, number[]> = {};
  for (let round = 0; round < rounds; round++)
    for (const { name, command, environment } of contestants) {
      reporter.progress('cold start', round, rounds, name);
      const [program, ...args] = command;
      const task: InferenceTask = { models: { model }, threads: 1, coldClip: clip };
      const start = performance.now();
      const child = spawn(program, [...args, JSON.stringify(task)], {
        stdio: ['ignore', 'pipe', 'inherit'],
        env: { ...process.env, ...environment },
      });
      const [line] = await Promise.race([
        once(child.stdout, 'data'),
        once(child, 'close').then(() => Promise.reject(new Error(`${name}: no answer`))),
      ]);
      if (!String(line).startsWith('{')) throw new Error(`${name}: said ${String(line).slice(0, 80)}`);
      const milliseconds = performance.now() - start;
      times[name] = [...(times[name] ?? []), milliseconds];
      if (child.exitCode === null) await once(child, 'close');
    }
  reporter.progress('cold start', rounds, rounds);
  return times;
}
