import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import type { Plan, Cell as PlannedCell } from '../grid/plan.js';
import { type PredictionRow, readPredictions } from '../predictions.js';
import { readJson } from '../read-json.js';
import { type RunScores, runScoresSchema } from '../run-folder.js';
import { type RunEpoch, readEpochs } from '../run-history.js';

const source = z.object({ name: z.string(), licence: z.string().optional(), attribution: z.string().optional() });

const cellConfigSchema = z.object({
  experiment: z.object({ model: z.string(), epochs: z.number(), features: z.string() }),
  corpus: source.extend({ labels: z.array(z.string()), clips: z.number() }),
  /** What an autoencoder was trained on besides. */
  unlabelled: z.array(source).default([]),
  backend: z.string(),
  device: z.string().optional(),
  versions: z.record(z.string(), z.string()),
  started: z.string(),
});

/** One training of the study, in whatever state it is found. */
export interface Cell extends PlannedCell {
  folder: string;
  /** Of its run folder, from the page. */
  href: string;
  state: 'done' | 'training' | 'failed' | 'not run';
  /** For a reader: `done`, `training: epoch 2 of 3`, `failed: …`, `not run`. */
  status: string;
  config?: z.infer<typeof cellConfigSchema>;
  epochs: readonly RunEpoch[];
  scores?: RunScores;
  /** Its answers to every test example; a recogniser's alone. */
  predictions?: { labels: readonly string[]; rows: readonly PredictionRow[] };
}

export type DoneCell = Cell & { state: 'done'; scores: RunScores; config: NonNullable<Cell['config']> };

export const isDone = (cell: Cell): cell is DoneCell => cell.state === 'done';

/** Reads every cell of the plan; one whose files are damaged counts as failed, and says so. */
export async function readCells(folder: string, plan: Plan): Promise<Cell[]> {
  const cells: Cell[] = [];
  for (const planned of plan.cells) cells.push(await readCell(folder, planned));
  const failed = new Set(cells.filter(({ state }) => state === 'failed').map(({ id }) => id));
  return cells.map((cell) =>
    cell.state === 'not run' && cell.encoder !== undefined && failed.has(cell.encoder)
      ? { ...cell, status: `not run: its encoder ${cell.encoder} failed` }
      : cell,
  );
}

async function readCell(report: string, planned: PlannedCell): Promise<Cell> {
  const { id } = planned;
  const folder = join(report, 'cells', id);
  const href = `cells/${id.split('/').map(encodeURIComponent).join('/')}/`;
  const cell: Cell = { ...planned, folder, href, state: 'not run', status: 'not run', epochs: [] };
  const failureFile = join(folder, 'failure.txt');
  const failure = existsSync(failureFile) ? firstLine(await readFile(failureFile, 'utf8'), report) : undefined;
  const failed: Cell = { ...cell, state: 'failed', status: `failed: ${failure}` };
  if (failure?.startsWith('not run')) return { ...cell, status: failure };
  if (!existsSync(join(folder, 'config.json'))) return failure === undefined ? cell : failed;
  try {
    const config = await readJson(join(folder, 'config.json'), cellConfigSchema);
    const { epochs } = await readEpochs(folder);
    if (existsSync(join(folder, 'scores.json'))) {
      const scores = await readJson(join(folder, 'scores.json'), runScoresSchema);
      const predictions = existsSync(join(folder, 'predictions.csv')) ? await readPredictions(folder) : undefined;
      return { ...cell, state: 'done', status: 'done', config, epochs, scores, predictions };
    }
    if (failure !== undefined) return { ...failed, config, epochs };
    const status = `training: epoch ${epochs.length} of ${config.experiment.epochs}`;
    return { ...cell, state: 'training', status, config, epochs };
  } catch (error) {
    return { ...failed, status: `failed: ${firstLine((error as Error).message, report)}` };
  }
}

/** Files are named as they lie below the report's folder. */
const firstLine = (text: string, report: string): string =>
  text
    .split('\n')[0]
    .replaceAll(`${report}/`, '')
    .replaceAll(`${resolve(report)}/`, '');

/** Minutes that a cell has trained so far. */
export const minutesOf = ({ scores, epochs }: Cell): number =>
  scores?.trainingMinutes ?? epochs.reduce((sum, { seconds }) => sum + (seconds ?? 0), 0) / 60;

/** Whether a score of the cell is one that leaks. */
export const leaks = ({ scores, protocol }: Cell): boolean => scores?.leaks ?? protocol === 'paper';
