import { createHash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { Piscina } from 'piscina';
import { load, type Provider } from '../../inference/node.js';
import { findClips } from '../datasets/clip-files.js';
import { type AnswerRow, type Outcome, rowOf, type TableFormat, tableFormat } from './answer-table.js';
import { openAnswers } from './answers-file.js';
import type { Reporter } from './reporter.js';

export interface PredictFolderOptions {
  /** `auto` is the CPU: reading and features take most of the time, and the same table comes out everywhere. */
  provider: Provider;
  /** `.csv` or `.jsonl`; what it holds already is kept. */
  output: string;
  /** Recordings at a time. Default: one a core, one alone on a GPU. */
  jobs?: number;
  reporter: Reporter;
  signal?: AbortSignal;
}

export interface FolderPredictions {
  output: string;
  /** Recordings that were asked for: those answered now, and those whose answers were there. */
  recordings: number;
  answered: number;
  before: number;
  /** Those that could not be used, of both. */
  failed: number;
  /** The first of them. */
  failures: { file: string; error: string }[];
  seconds: number;
}

/** So many failures are told; the table has them all. */
const toldFailures = 100;

/**
 * Labels the recordings in folders, at any depth, and single ones, on all cores, and writes a row for each, in the order of
 * the folders' sorted paths. A recording that cannot be used has a row that says why.
 *
 * What the table has already is not done again: rows of the same path, size and time of change stay, and so do rows of
 * recordings that were not asked for. So a run that was stopped, by Ctrl-C or a power cut, goes on where it was, and
 * leaves the bytes that it would have left without. Memory holds the paths, and a few recordings, of an hour at most.
 *
 * @throws Error in one line where the model or a folder can't be read, the output can't be written, or holds something else,
 *   or another model's answers; DOMException `AbortError` where `signal` asks for the end, whole rows written
 */
export async function predictFolder(
  model: string,
  paths: readonly string[],
  { provider, output, jobs, reporter, signal }: PredictFolderOptions,
): Promise<FolderPredictions> {
  const started = performance.now();
  const wanted = provider === 'auto' ? 'cpu' : provider;
  const recognizer = await load(model, { provider: wanted }); // what is wrong with it is said once, not by each thread
  const { labels } = recognizer;
  await recognizer.dispose();
  const bytes = await readFile(model);
  const id = createHash('sha256').update(bytes).digest('hex').slice(0, 16);
  const format = tableFormat(output, labels);
  const files = await recordingsIn(paths);
  const answers = await openAnswers(output, format, id, files);
  const todo = files.filter((file) => !answers.has(file));
  const result = {
    output,
    recordings: files.length,
    answered: 0,
    before: files.length - todo.length,
    failed: answers.failures.length,
    failures: answers.failures.slice(0, toldFailures),
    seconds: 0,
  };
  if (result.before > 0) reporter.line(`${output}: has the answers to ${result.before} of ${files.length} recordings`);

  const write = async (row: AnswerRow) => {
    await answers.append(row);
    result.answered++;
    if (row.error !== undefined && result.failed++ < toldFailures)
      result.failures.push({ file: row.file, error: row.error });
    reporter.progress('predict', result.answered, todo.length);
  };
  try {
    await answerAll(todo, write, { bytes, provider: wanted, id, format, jobs, signal });
  } finally {
    await answers.close();
  }
  signal?.throwIfAborted();
  return { ...result, seconds: (performance.now() - started) / 1000 };
}

interface Work {
  bytes: Uint8Array;
  provider: string;
  id: string;
  format: TableFormat;
  jobs?: number;
  signal?: AbortSignal;
}

/** Answers in the files' order, a few ahead of what is written; at the signal no more are begun, and those begun are written. */
async function answerAll(
  files: readonly string[],
  write: (row: AnswerRow) => Promise<void>,
  { bytes, provider, id, format, jobs, signal }: Work,
): Promise<void> {
  if (files.length === 0) return;
  const threads = Math.min(jobs ?? (provider === 'cpu' ? availableParallelism() : 1), files.length);
  const pool = new Piscina({
    filename: new URL('./predict-folder-worker.js', import.meta.url).href,
    minThreads: threads,
    maxThreads: threads,
    workerData: { bytes, provider },
  });
  const answer = async (file: string): Promise<AnswerRow> => {
    const outcome: Outcome = await pool
      .run(file)
      .catch((error: Error) => ({ error: `its thread ended (${error.message})` }));
    return rowOf(file, outcome, id, format);
  };
  const ahead: Promise<AnswerRow>[] = [];
  try {
    for (const file of files) {
      if (signal?.aborted) break;
      ahead.push(answer(file));
      if (ahead.length >= 4 * threads) await write(await ahead.shift()!);
    }
    for (const row of ahead) await write(await row);
  } finally {
    await pool.close({ force: true }); // not destroy: ended in a run of the model, a thread takes the process with it
  }
}

/** Each once, by its path as it was given; those of a folder below it, sorted. */
async function recordingsIn(paths: readonly string[]): Promise<string[]> {
  const files = new Set<string>();
  for (const path of paths) {
    const found = await stat(path).catch(() => undefined);
    if (!found?.isDirectory()) files.add(path);
    else for (const file of await findClips(path)) files.add(join(path, file));
  }
  return [...files];
}
