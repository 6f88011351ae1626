import { Worker } from 'node:worker_threads';
import type { Verdict } from './judge.js';
import type { FuzzTask } from './worker.js';

export interface FuzzResult {
  /** By file and kind of verdict. */
  counts: Map<string, Record<Verdict['kind'], number>>;
  /** How often files were refused with which words, their numbers left out. */
  refusals: Map<string, number>;
  /** Each with the seed of its case. */
  wrong: { seed: string; reason: string }[];
  /** Resident, whenever a twentieth of the cases was done. */
  megabytes: number[];
}

interface FuzzOptions {
  count: number;
  seed: string;
  /** The longest that twenty cases may take; a thread that is silent for longer hangs. */
  silenceSeconds?: number;
  onProgress?: (done: number) => void;
}

/** Mutated files into the decoder, in a thread that is watched: one that hangs or dies is replaced, and its cases named. */
export async function fuzzDecoder(options: FuzzOptions): Promise<FuzzResult> {
  const { count, seed, silenceSeconds = 60, onProgress } = options;
  const result: FuzzResult = { counts: new Map(), refusals: new Map(), wrong: [], megabytes: [] };
  let done = 0;
  const note = (verdicts: readonly Verdict[]) => {
    for (const { kind, reason, file } of verdicts) {
      const counts = result.counts.get(file) ?? { sound: 0, refused: 0, wrong: 0 };
      counts[kind]++;
      result.counts.set(file, counts);
      if (kind === 'refused') {
        const words = reason.replaceAll(/0x[0-9a-f]+|\d+/g, 'N').replaceAll(/chunk ".*" claims/g, 'chunk "…" claims');
        result.refusals.set(words, (result.refusals.get(words) ?? 0) + 1);
      }
      if (kind === 'wrong') result.wrong.push({ seed: `${seed}-${done}`, reason });
      done++;
      if (done % Math.ceil(count / 20) === 0) result.megabytes.push(process.memoryUsage.rss() / 2 ** 20);
    }
    onProgress?.(done);
  };
  while (done < count) {
    const failure = await runUntilFailure({ seed, start: done, end: count }, silenceSeconds, note);
    if (failure === undefined) break;
    const first = done;
    const last = Math.min(count, first + 20);
    result.wrong.push({ seed: `${seed}-${first} to ${seed}-${last - 1}`, reason: failure });
    done = last;
  }
  return result;
}

function runUntilFailure(
  task: FuzzTask,
  silenceSeconds: number,
  note: (verdicts: Verdict[]) => void,
): Promise<string | undefined> {
  return new Promise((resolve) => {
    const worker = new Worker(new URL('./worker.js', import.meta.url), { workerData: task });
    const hangs = () => {
      resolve(`no answer in ${silenceSeconds} s`);
      void worker.terminate();
    };
    let watchdog = setTimeout(hangs, silenceSeconds * 1000);
    worker.on('message', (verdicts: Verdict[]) => {
      clearTimeout(watchdog);
      watchdog = setTimeout(hangs, silenceSeconds * 1000);
      note(verdicts);
    });
    worker.on('error', (error) => resolve(`the thread died: ${(error as Error).stack}`));
    worker.on('exit', (code) => {
      clearTimeout(watchdog);
      resolve(code === 0 ? undefined : `the thread ended with ${code}`);
    });
  });
}
