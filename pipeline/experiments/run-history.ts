import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { checked, parseJson, readJson } from './read-json.js';
import { type RunScores, runScoresSchema } from './run-folder.js';

/** JSON has no NaN: `null` is a figure that was not a finite number. */
const figure = z.number().nullable();

const epochSchema = z.object({
  epoch: z.number().int().min(1),
  loss: figure,
  /** Of the training examples, with dropout at work; of recognisers alone. */
  accuracy: figure.optional(),
  /** An autoencoder has a loss alone. */
  watched: z.object({ loss: figure, accuracy: figure.optional(), uar: figure.optional() }),
  seconds: figure,
  learningRate: figure.optional(),
  gradientNorm: figure.optional(),
  /** Of `seconds`, those in which the step waited for its batch. */
  waitedSeconds: figure.optional(),
  memory: z.object({ tensors: figure, heapBytes: figure, rssBytes: figure }).partial().optional(),
});

/** One line of `metrics.jsonl`, as far as it is drawn. */
export type RunEpoch = z.infer<typeof epochSchema>;

/** Of `config.json` what a picture says; no more is asked for, so that runs of any version can be drawn. */
const drawnConfigSchema = z.object({
  experiment: z.object({ model: z.string(), protocol: z.string(), fold: z.number(), seed: z.number() }),
  preset: z.string(),
  corpus: z.object({ name: z.string(), labels: z.array(z.string()).min(2) }),
  backend: z.string(),
});

export interface RunHistory {
  folder: string;
  config: z.infer<typeof drawnConfigSchema>;
  /** In order; of an epoch that was trained twice, as after an interruption, the later line. */
  epochs: RunEpoch[];
  /** Undefined while the run trains, or where it was interrupted. */
  scores?: RunScores;
  /** What the reader of a picture should know, a line each. */
  notes: string[];
}

/**
 * Reads what a run has written so far, whether or not it has ended.
 *
 * @throws Error where the folder is no run or no epoch has ended; SyntaxError or TypeError with file and line where a
 * file does not hold what a run's does. A last line that was cut off in writing is left out, with a note.
 */
export async function readRunHistory(folder: string): Promise<RunHistory> {
  if (!existsSync(join(folder, 'config.json')))
    throw new Error(`${folder}: is no run, it has no config.json; supported: a run folder made by \`serkit train\``);
  const config = await readJson(join(folder, 'config.json'), drawnConfigSchema);
  const scoresFile = join(folder, 'scores.json');
  const scores = existsSync(scoresFile) ? await readJson(scoresFile, runScoresSchema) : undefined;
  const { epochs, notes } = await readEpochs(folder);
  if (epochs.length === 0) throw new Error(`${folder}: no epoch has ended yet, so there is nothing to draw`);
  if (!scores) notes.push(`${folder}: has no scores.json (in training, or interrupted): curves alone`);
  return { folder, config, epochs, scores, notes };
}

/** The epochs that a run has noted so far, perhaps none, as `readRunHistory` has them. */
export async function readEpochs(folder: string): Promise<Pick<RunHistory, 'epochs' | 'notes'>> {
  const file = join(folder, 'metrics.jsonl');
  return parseMetrics(file, existsSync(file) ? await readFile(file, 'utf8') : '');
}

function parseMetrics(file: string, text: string): Pick<RunHistory, 'epochs' | 'notes'> {
  const byEpoch = new Map<number, RunEpoch>();
  const notes: string[] = [];
  const lines = text.split('\n');
  for (const [i, line] of lines.entries()) {
    if (line.trim() === '') continue;
    const where = `${file}: line ${i + 1}`;
    const value = parseJson(line);
    if (value === undefined && i === lines.length - 1) {
      notes.push(`${where} was cut off in writing, and is left out`);
      continue;
    }
    if (value === undefined) throw new SyntaxError(`${where} is not JSON; supported: one JSON object a line`);
    const epoch = checked(where, value, epochSchema);
    byEpoch.set(epoch.epoch, epoch);
  }
  return { epochs: [...byEpoch.values()].sort((a, b) => a.epoch - b.epoch), notes };
}
