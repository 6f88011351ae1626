import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { ModelVerdict } from './judge-model.js';

export interface ModelFuzzResult {
  counts: Record<ModelVerdict, number>;
  /** Cases by number. */
  wrong: { i: number; reason: string }[];
  /** Cases that ended the process, or were not done in time. */
  crashes: { i: number; reason: string }[];
}

const CASE_SECONDS = 60;

/** Mutated model files into `load` and `classify`, in a process that is replaced when it ends before its time. */
export async function fuzzModels(count: number, seed: string): Promise<ModelFuzzResult> {
  const counts = {
    'refused by its metadata': 0,
    'refused by load': 0,
    'refused by classify': 0,
    answers: 0,
    wrong: 0,
  };
  const result: ModelFuzzResult = { counts, wrong: [], crashes: [] };
  for (let done = 0; done < count; ) {
    const script = join(import.meta.dirname, 'model-process.js');
    const child = spawn(process.execPath, [script, seed, String(done), String(count)], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    const closed = once(child, 'close');
    let watchdog = setTimeout(() => child.kill('SIGKILL'), CASE_SECONDS * 1000);
    for await (const line of createInterface({ input: child.stdout })) {
      clearTimeout(watchdog);
      watchdog = setTimeout(() => child.kill('SIGKILL'), CASE_SECONDS * 1000);
      const { i, verdict, reason } = JSON.parse(line) as { i: number; verdict: ModelVerdict; reason: string };
      counts[verdict]++;
      if (verdict === 'wrong') result.wrong.push({ i, reason });
      done = i + 1;
    }
    clearTimeout(watchdog);
    const [code, signal] = await closed;
    if (done === count) break;
    result.crashes.push({ i: done, reason: `ended with ${signal ?? code}` });
    done++;
  }
  return result;
}
