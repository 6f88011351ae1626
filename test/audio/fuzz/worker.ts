import { parentPort, workerData } from 'node:worker_threads';
import { judge, type Verdict } from './judge.js';

/** What the thread is given: it judges the cases from `start` to `end`. */
export interface FuzzTask {
  seed: string;
  start: number;
  end: number;
}

const REPORT_EVERY = 20;

const { seed, start, end } = workerData as FuzzTask;
let verdicts: Verdict[] = [];
for (let i = start; i < end; i++) {
  verdicts.push(await judge(`${seed}-${i}`));
  if (verdicts.length < REPORT_EVERY && i + 1 < end) continue;
  parentPort!.postMessage(verdicts);
  verdicts = [];
}
