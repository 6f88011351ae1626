import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { writeDurably } from '../../training/write-durably.js';
import { hasScores, type RunScores, readRunConfig, readRunScores } from '../run-folder.js';
import { type Cell, cellFolder } from './plan.js';

/** How far a cell is, as its folder tells. */
export type CellState =
  | { state: 'done'; scores: RunScores }
  /** It failed when it was last tried. */
  | { state: 'failed'; reason: string }
  /** It has a run folder that goes on where it stopped. */
  | { state: 'begun' }
  | { state: 'not begun' };

/** @throws Error that names the file of its run which is not as it must be */
export async function stateOf(reportFolder: string, cell: Cell): Promise<CellState> {
  const folder = cellFolder(reportFolder, cell);
  const reason = await readFailure(folder);
  if (reason !== undefined) return { state: 'failed', reason };
  if (!existsSync(join(folder, 'config.json'))) return { state: 'not begun' };
  if (!hasScores(folder)) return { state: 'begun' };
  const { experiment, encoder } = await readRunConfig(folder);
  if (experiment.epochs < cell.experiment.epochs) return { state: 'begun' }; // they were raised in the plan
  if (
    cell.encoder !== undefined &&
    encoder?.weights !== (await weightsOf(cellFolder(reportFolder, { id: cell.encoder })))
  )
    return { state: 'begun' }; // the encoder has learnt more since
  return { state: 'done', scores: await readRunScores(folder) };
}

/** SHA-256 of the weights that a run ended with; undefined where it has not ended. */
export async function weightsOf(folder: string): Promise<string | undefined> {
  if (!hasScores(folder)) return undefined;
  const weights = await readFile(join(folder, 'weights.bin'));
  return createHash('sha256').update(weights).digest('hex');
}

/**
 * Puts a run aside whose encoder has learnt more since, so that it can begin anew: it would go on with the former one.
 *
 * @returns where it is now; undefined where it holds the encoder as that is, or was not begun
 */
export async function setAsideOutdated(folder: string, encoderFolder: string): Promise<string | undefined> {
  if (!existsSync(join(folder, 'config.json'))) return undefined;
  const { encoder, started } = await readRunConfig(folder);
  if (encoder?.weights === (await weightsOf(encoderFolder))) return undefined;
  const aside = `${folder}-of-${started.replace(/[:.]/g, '-')}`;
  await rename(folder, aside);
  return aside;
}

const failureFile = (folder: string): string => join(folder, 'failure.txt');

/** Why a cell failed, in one line; undefined where it did not. */
async function readFailure(folder: string): Promise<string | undefined> {
  const text = await readFile(failureFile(folder), 'utf8').catch(() => undefined);
  return text?.split('\n', 1)[0];
}

/** @param details below the line that says why: a stack, and what the cell said before */
export async function writeFailure(folder: string, reason: string, details: readonly string[]): Promise<void> {
  await mkdir(folder, { recursive: true });
  await writeDurably(failureFile(folder), `${[reason, ...details].join('\n')}\n`);
}

/** What is tried again has not failed yet. */
export const removeFailure = (folder: string): Promise<void> => rm(failureFile(folder), { force: true });
