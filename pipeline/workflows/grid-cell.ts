import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { writeFailure } from '../experiments/grid/cell-state.js';
import type { Outcome } from '../experiments/grid/run-cells.js';
import type { CellJob, CellMessage } from './grid-messages.js';

export interface TrainCellOptions {
  job: CellJob;
  /** On top of this process' own variables. */
  environment: Readonly<Record<string, string>>;
  onProgress: (progress: { title: string; done: number; total: number }) => void;
  /** Abort tells the process to save and end, and waits until it has. */
  signal?: AbortSignal;
}

/** Of what a process said, so much is kept for the record of its failure. */
const keptLines = 40;
const keptCharacters = 4000;

/**
 * Trains a cell in a process of its own, so that nothing of it is left when it ends, however it ends. Where it fails, its
 * folder gets a `failure.txt`: why, in one line, then the stack and the last that it said.
 */
export async function trainCell({ job, environment, onProgress, signal }: TrainCellOptions): Promise<Outcome> {
  const { answer, lines, said, ended } = await runProcess(job, environment, onProgress, signal);
  if (answer?.kind === 'done') return { state: 'done' };
  const own = answer?.kind === 'failed' ? answer : undefined;
  if (!own && signal?.aborted) return { state: 'stopped' };
  const reason = own?.reason ?? (answer ? 'its process was told to end (SIGTERM), and saved' : ended);
  await writeFailure(job.folder, reason, [own?.stack ?? '', ...lines, said]);
  return { state: 'failed', reason };
}

type Answer = Extract<CellMessage, { kind: 'done' | 'stopped' | 'failed' }>;

interface Ended {
  /** Undefined where the process died before it could say. */
  answer?: Answer;
  /** The last lines that the training reported. */
  lines: string[];
  /** The end of stderr. */
  said: string;
  /** How the process ended. */
  ended: string;
}

function runProcess(
  job: CellJob,
  environment: TrainCellOptions['environment'],
  onProgress: TrainCellOptions['onProgress'],
  signal?: AbortSignal,
): Promise<Ended> {
  return new Promise((resolve) => {
    const child = fork(fileURLToPath(new URL('./grid-cell-process.js', import.meta.url)), [JSON.stringify(job)], {
      execArgv: [],
      env: { ...process.env, ...environment },
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    });
    const stop = () => child.kill('SIGTERM');
    signal?.addEventListener('abort', stop);
    if (signal?.aborted) stop();

    const lines: string[] = [];
    let said = '';
    let answer: Answer | undefined;
    child.stderr!.setEncoding('utf8').on('data', (text: string) => {
      said = (said + text).slice(-keptCharacters);
    });
    child.on('message', (message: CellMessage) => {
      if (message.kind === 'progress') onProgress(message);
      else if (message.kind === 'line') lines.push(message.text);
      else answer = message;
      lines.splice(0, Math.max(0, lines.length - keptLines));
    });
    const end = (ended: string) => {
      signal?.removeEventListener('abort', stop);
      resolve({ answer, lines, said, ended });
    };
    child.on('error', (error) => end(`its process could not be started: ${error.message}`));
    child.on('close', (code, killedBy) => end(howItEnded(code, killedBy)));
  });
}

function howItEnded(code: number | null, signal: NodeJS.Signals | null): string {
  const outOfMemory = signal === 'SIGKILL' || signal === 'SIGABRT' || code === 134;
  const likely = outOfMemory ? ': most likely the memory was used up; fewer --jobs need less' : '';
  return `its process was ended by ${signal ?? `exit code ${code}`}${likely}`;
}
