import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Corpus } from '../datasets/index.js';
import {
  type CellState,
  removeFailure,
  setAsideOutdated,
  stateOf,
  writeFailure,
} from '../experiments/grid/cell-state.js';
import { lockFolder } from '../experiments/grid/folder-lock.js';
import { type Cell, cellFolder, type Plan, readPlan, type Source, writePlan } from '../experiments/grid/plan.js';
import { planCells } from '../experiments/grid/plan-cells.js';
import { type Outcome, runCells } from '../experiments/grid/run-cells.js';
import { selectCells } from '../experiments/grid/select.js';
import { readTimings } from '../experiments/grid/timings.js';
import type { Variant } from '../experiments/grid/variants.js';
import type { RunScores } from '../experiments/run-folder.js';
import type { Study } from '../experiments/studies/index.js';
import type { BackendName } from '../training/backends/backend.js';
import { chooseGridBackend } from './grid-backend.js';
import { trainCell } from './grid-cell.js';
import { extractForCells } from './grid-features.js';
import { GridProgress } from './grid-progress.js';
import { workOf } from './grid-work.js';
import { fingerprintOf, openData, openSpeechData } from './open-data.js';
import { type Reporter, runScoreText } from './reporter.js';
import { writeReport } from './write-report.js';

export interface ReproduceOptions {
  study: Study;
  /** Rows of the tables; default: the report's. */
  variants?: readonly Variant[];
  /** The report folder: made, or gone on with. */
  folder: string;
  /** DATA; the study's where undefined. */
  data?: string;
  /** DATA of further speech for the autoencoders; the study's where undefined. */
  unlabelled?: readonly string[];
  /** How many cells are trained side by side; default: as many as the backend's device is good for. */
  jobs?: number;
  /** Patterns of variants and cells; all where empty. */
  only: readonly string[];
  backend: BackendName | 'auto';
  cache: string;
  skipBad: boolean;
  reporter: Reporter;
  signal?: AbortSignal;
}

/** `data`: where the corpus lies now; where the plan says that it lay where undefined. */
export type ReportOptions = Pick<
  ReproduceOptions,
  'folder' | 'data' | 'unlabelled' | 'cache' | 'skipBad' | 'reporter' | 'signal'
>;

/** What there is after all has been tried. */
export interface Reproduction {
  folder: string;
  study: string;
  /** What the cells were trained on; undefined where nothing was to be trained. */
  backend?: BackendName;
  cells: CellSummary[];
  html: string;
  markdown: string;
}

export interface CellSummary extends Pick<Cell, 'id' | 'variant' | 'protocol' | 'fold' | 'seed'> {
  state: CellState['state'] | 'not run';
  scores?: RunScores;
  /** Why it failed or was not run. */
  reason?: string;
}

/**
 * Trains every cell of a study that is not done yet, each in a process of its own, and writes the report. What was begun
 * goes on where it stopped; a cell that fails is noted and the rest goes on.
 *
 * @throws Error where another process is at work in the folder; RangeError where it holds another study or other data;
 * DOMException `AbortError` when interrupted, after every cell under way has saved
 */
export async function reproduce(options: ReproduceOptions): Promise<Reproduction> {
  const stop = new AbortController();
  const signal = options.signal ? AbortSignal.any([options.signal, stop.signal]) : stop.signal;
  const lock = await lockFolder(options.folder, { onLost: (reason) => stop.abort(reason) });
  try {
    return await reproduceAlone({ ...options, signal });
  } finally {
    await lock.release();
  }
}

async function reproduceAlone(options: ReproduceOptions & { signal: AbortSignal }): Promise<Reproduction> {
  const { study, folder, only, reporter, signal } = options;
  const { data, unlabelled, ...corpora } = await openSources(options);
  const plan: Plan = {
    serkit: 'plan 1',
    study: study.name,
    preset: study.preset,
    data,
    unlabelled,
    cells: planCells(study, options.variants),
  };
  const selected = selectCells(plan.cells, only);
  await writePlan(folder, plan);

  const backend = await chooseGridBackend(options.backend, options.jobs, reporter);
  const states = new Map<string, CellState>();
  for (const cell of selected) states.set(cell.id, await stateOf(folder, cell));
  const isDone = (id: string) => states.get(id)?.state === 'done';
  // What holds an encoder that is trained further is looked at again.
  const toRun = selected.filter(({ id, encoder }) => !isDone(id) || (encoder !== undefined && !isDone(encoder)));
  reporter.line(
    `${study.name}: ${toRun.length} of ${selected.length} cells to train on ${backend.name}, ${backend.device.name}, ${backend.jobs} at a time`,
  );
  const corporaOf = { data: corpora.corpus, unlabelled: corpora.further };
  await extractForCells(toRun, corporaOf, options);

  const works = selected.map((cell) => ({
    ...workOf(cell, corporaOf, backend.name),
    share: toRun.includes(cell) ? 0 : 1,
  }));
  const timings = await readTimings(folder);
  const title = `${study.name} study`;
  const progress = new GridProgress({ reportFolder: folder, title, works, timings, jobs: backend.jobs, reporter });

  const run = async (cell: Cell): Promise<Outcome> => {
    const cellAt = cellFolder(folder, cell);
    const encoder = cell.encoder === undefined ? undefined : cellFolder(folder, { id: cell.encoder });
    await removeFailure(cellAt);
    const aside = encoder === undefined ? undefined : await setAsideOutdated(cellAt, encoder);
    if (aside !== undefined) reporter.line(`${cell.id}: its encoder has learnt more since; what it was is in ${aside}`);
    reporter.line(`${existsSync(join(cellAt, 'config.json')) ? 'goes on' : 'begins'}: ${cell.id}`);
    progress.begin(cell.id);
    const outcome = await trainCell({
      job: {
        data: data.data,
        experiment: cell.experiment,
        preset: study.preset,
        folder: cellAt,
        cache: options.cache,
        backend: backend.name,
        skipBad: options.skipBad,
        encoder,
        unlabelled: cell.kind === 'autoencoder' ? unlabelled.map((source) => source.data) : undefined,
      },
      environment: backend.environment,
      onProgress: ({ title, done, total }) => {
        if (title === 'training') progress.training(cell.id, done / total);
      },
      signal,
    });
    reporter.line(await endText(folder, cell, outcome));
    await progress.end(cell.id, outcome);
    return outcome;
  };
  const onNotRun = async (cell: Cell, reason: string) => {
    await writeFailure(cellFolder(folder, cell), reason, []);
    reporter.line(`${cell.id}: ${reason}`);
    await progress.end(cell.id, { state: 'not run', reason });
  };
  await runCells({ cells: toRun, jobs: backend.jobs, run, onNotRun, signal });
  signal.throwIfAborted();

  return { backend: backend.name, ...(await reportOn({ ...options, data: data.data })) };
}

/** Writes the report of what is there by now, trains nothing, and may do so while another process trains. */
export async function reportOn(options: ReportOptions): Promise<Reproduction> {
  const { folder } = options;
  const plan = await readPlan(folder);
  const report = await writeReport({ ...options, data: options.data ?? plan.data.data });
  const cells = await Promise.all(plan.cells.map((cell) => summaryOf(folder, cell)));
  return { folder, study: plan.study, cells, ...report };
}

/** Opens all that cells are trained on. @throws Error where nothing says which data */
async function openSources({ study, skipBad, reporter, ...options }: ReproduceOptions) {
  const data = options.data ?? study.data;
  if (data === undefined)
    throw new RangeError(`${study.name}: has no data of its own; give some, such as --data ravdess:DIR`);
  const corpus = await openData(data, skipBad, reporter);
  const names = options.unlabelled ?? study.unlabelled;
  if (options.unlabelled === undefined)
    reporter.line(
      `${names.join(', ')} stands in for CREMA-D, the report's second corpus for autoencoders; --unlabelled crema-d:DIR has it`,
    );
  const further: Corpus[] = [];
  for (const name of names) further.push(await openSpeechData(name, skipBad, reporter));
  return {
    corpus,
    further,
    data: sourceOf(data, corpus),
    unlabelled: further.map((corpus, i) => sourceOf(names[i], corpus)),
  };
}

const sourceOf = (data: string, corpus: Corpus): Source => ({
  data,
  name: corpus.name,
  clips: corpus.clips.length,
  fingerprint: fingerprintOf(corpus),
});

async function endText(folder: string, cell: Cell, outcome: Outcome): Promise<string> {
  if (outcome.state !== 'done')
    return `${outcome.state}: ${cell.id}${'reason' in outcome ? `: ${outcome.reason}` : ''}`;
  const state = await stateOf(folder, cell);
  return state.state === 'done' ? `done: ${cell.id}: ${runScoreText(state.scores)}` : cell.id;
}

async function summaryOf(folder: string, cell: Cell): Promise<CellSummary> {
  const { id, variant, protocol, fold, seed } = cell;
  const state = await stateOf(folder, cell);
  const own = { id, variant, protocol, fold, seed };
  if (state.state === 'failed' && state.reason.startsWith('not run: ')) return { ...own, ...state, state: 'not run' };
  return { ...own, ...state };
}
