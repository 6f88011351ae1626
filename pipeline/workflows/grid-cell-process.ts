import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { lockFolder } from '../experiments/grid/folder-lock.js';
import type { CellJob, CellMessage } from './grid-messages.js';
import type { Reporter } from './reporter.js';
import { resumeRun } from './resume-run.js';
import { trainRun } from './train-run.js';

/** The process of its own in which a cell is trained: `grid-cell-process.js JOB`, forked by grid-cell.ts. */

const job: CellJob = JSON.parse(process.argv[2]);

const stop = new AbortController();
process.on('SIGTERM', () => stop.abort());
process.on('SIGINT', () => {}); // Ctrl-C reaches the whole group; the one that started this tells it to stop, once
process.on('disconnect', () => stop.abort()); // which is how its death is noticed

const send = (message: CellMessage, then = () => {}): void => {
  if (process.connected) process.send!(message, then);
  else then();
};

const progressEveryMs = 200;
let lastProgress = 0;
const reporter: Reporter = {
  line: (text) => send({ kind: 'line', text }),
  progress(title, done, total) {
    const now = performance.now();
    if (done < total && now - lastProgress < progressEveryMs) return;
    lastProgress = now;
    send({ kind: 'progress', title, done, total });
  },
};

/** The process of a grid that was killed may still be saving this very cell. */
const patienceMs = 120_000;

async function train(): Promise<CellMessage> {
  const options = { ...job, reporter, signal: stop.signal };
  try {
    const lock = await lockFolder(job.folder, { onLost: (reason) => stop.abort(reason), patienceMs });
    try {
      await (existsSync(join(job.folder, 'config.json')) ? resumeRun(options) : trainRun(options));
    } finally {
      await lock.release();
    }
    return { kind: 'done' };
  } catch (error) {
    const { name, message, stack } = error as Error;
    if (stop.signal.aborted && name === 'AbortError') return { kind: 'stopped' };
    return { kind: 'failed', reason: message.trim().replace(/\s*\n\s*/g, ' '), stack: stack ?? '' };
  }
}

const result = await train();
send(result, () => process.exit(result.kind === 'done' ? 0 : 1));
