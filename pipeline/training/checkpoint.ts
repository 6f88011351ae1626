import { mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { LearnerState } from './learner.js';
import { type Progress, progressSchema } from './progress.js';
import { decodeSafetensors, encodeSafetensors } from './safetensors.js';
import { unfinishedSuffix, writeDurably } from './write-durably.js';

/** Everything that a training needs to go on as if it had never stopped. */
export interface Checkpoint {
  progress: Progress;
  learner: LearnerState;
  /** The weights of the epoch that is kept so far; there once an epoch is done. */
  kept?: Float32Array;
  /** What the training runs on: another one is not the same training. */
  setting: { steps: number; weights: number };
}

const documentSchema = z.object({
  serkit: z.literal('checkpoint 2'),
  progress: progressSchema,
  dropoutSteps: z.array(z.number().int()),
  setting: z.object({ steps: z.number().int(), weights: z.number().int() }),
});

/** How many are kept: should the newest be damaged, there is the one before it. */
const generations = 2;

/** `epoch-0007` after seven epochs, `epoch-0007-step-0012` after twelve steps of the eighth. */
export function checkpointName({ epochs, steps }: Pick<Progress, 'epochs' | 'steps'>): string {
  const part = (name: string, count: number) => `${name}-${String(count).padStart(4, '0')}`;
  return `${part('epoch', epochs)}${steps > 0 ? `-${part('step', steps)}` : ''}.safetensors`;
}

/**
 * Writes a checkpoint into a folder as one file that is whole or not there, then removes all but the two newest.
 *
 * @throws Error in one line where it can't be written, such as on a full disk; those before it are untouched then
 */
export async function writeCheckpoint(folder: string, checkpoint: Checkpoint): Promise<void> {
  const { progress, learner, kept, setting } = checkpoint;
  const { dropoutSteps, weights, mean, square, average } = learner;
  const given = { weights, mean, square, average, kept };
  const tensors = Object.fromEntries(Object.entries(given).filter(([, values]) => values)) as Record<
    string,
    Float32Array
  >;
  const metadata = { serkit: 'checkpoint 2', progress, dropoutSteps, setting };
  await mkdir(folder, { recursive: true });
  await writeDurably(join(folder, checkpointName(progress)), encodeSafetensors({ metadata, tensors }));
  for (const { name } of (await listCheckpoints(folder)).slice(generations)) await rm(join(folder, name));
}

/**
 * The newest checkpoint of a folder that is whole, and what was wrong with those after it.
 *
 * @returns no checkpoint where the folder holds none
 * @throws Error where it holds some and none is whole
 */
export async function readNewestCheckpoint(
  folder: string,
): Promise<{ name?: string; checkpoint?: Checkpoint; damaged: string[] }> {
  const damaged: string[] = [];
  for (const { name } of await listCheckpoints(folder)) {
    const path = join(folder, name);
    try {
      return { name, checkpoint: decode(await readFile(path)), damaged };
    } catch (error) {
      damaged.push(`${path}: ${(error as Error).message.replace(/\s*\n\s*/g, ' ')}`);
    }
  }
  if (damaged.length > 0)
    throw new Error(`${damaged.join('; ')}; no other checkpoint is there; without ${folder} the run begins anew`);
  return { damaged };
}

/** What is in the folder, the newest first. Files that a killed process left unfinished are removed. */
async function listCheckpoints(folder: string): Promise<{ name: string; epochs: number; steps: number }[]> {
  const names = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw new Error(`${folder}: can't be read (${error.code})`);
  });
  for (const name of names) if (name.endsWith(unfinishedSuffix)) await rm(join(folder, name), { force: true });
  return names
    .flatMap((name) => {
      const found = /^epoch-(\d+)(?:-step-(\d+))?\.safetensors$/.exec(name);
      return found ? [{ name, epochs: Number(found[1]), steps: Number(found[2] ?? 0) }] : [];
    })
    .sort((a, b) => b.epochs - a.epochs || b.steps - a.steps);
}

function decode(file: Buffer): Checkpoint {
  const { metadata, tensors } = decodeSafetensors(file);
  const { progress, dropoutSteps, setting } = documentSchema.parse(metadata);
  const { weights, mean, square, average, kept } = tensors;
  return { progress, learner: { weights, mean, square, average, dropoutSteps }, kept, setting };
}
