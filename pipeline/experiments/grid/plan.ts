import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { protocols } from '../../datasets/split.js';
import { writeDurably } from '../../training/write-durably.js';
import { assertUnchanged, type Experiment, experimentSchema } from '../config.js';
import { readJson } from '../read-json.js';

/** One training: a run folder of its own, `REPORT/cells/ID`. */
export const cellSchema = z.strictObject({
  /** `VARIANT/PROTOCOL[-foldN]-seedS`. */
  id: z.string(),
  /** The row of the report's tables. */
  variant: z.string(),
  kind: z.enum(['recogniser', 'autoencoder']),
  protocol: z.enum(protocols),
  fold: z.number().int().min(0),
  seed: z.number().int().min(0),
  /** Id of the cell whose frozen encoder it holds: of the same protocol, fold and seed. */
  encoder: z.string().optional(),
  experiment: experimentSchema,
});
export type Cell = z.infer<typeof cellSchema>;

/** A corpus that cells are trained on. */
export const sourceSchema = z.strictObject({
  /** DATA, as it was given last. */
  data: z.string(),
  name: z.string(),
  clips: z.number().int(),
  /** SHA-256 over the clips' content: the same data, wherever they lie. */
  fingerprint: z.string(),
});
export type Source = z.infer<typeof sourceSchema>;

/** A report folder's `plan.json`: all that belongs to it, done or not. Cells stand behind those that they depend on. */
export const planSchema = z.strictObject({
  serkit: z.literal('plan 1'),
  study: z.string(),
  /** The training preset of every cell. */
  preset: z.string(),
  data: sourceSchema,
  /** Further speech for the autoencoders. */
  unlabelled: z.array(sourceSchema),
  cells: z.array(cellSchema),
});
export type Plan = z.infer<typeof planSchema>;

const planFile = (reportFolder: string): string => join(reportFolder, 'plan.json');

export const cellFolder = (reportFolder: string, { id }: Pick<Cell, 'id'>): string => join(reportFolder, 'cells', id);

/** @throws Error that names the file which is missing or not as a plan must be */
export const readPlan = (reportFolder: string): Promise<Plan> => readJson(planFile(reportFolder), planSchema);

/**
 * Writes the plan of a report folder. Where it has one already, the new one may place the data elsewhere, raise epochs and
 * add cells, and nothing else.
 *
 * @throws RangeError that names the folder and the first other difference; what is there stays as it was
 */
export async function writePlan(reportFolder: string, plan: Plan): Promise<void> {
  if (existsSync(planFile(reportFolder))) assertSamePlan(await readPlan(reportFolder), plan, reportFolder);
  await mkdir(reportFolder, { recursive: true });
  await writeDurably(planFile(reportFolder), `${JSON.stringify(plan, null, 2)}\n`);
}

function assertSamePlan(was: Plan, is: Plan, folder: string): void {
  const refuse = (what: string, before: string, now: string) => {
    throw new RangeError(`${what}: is ${before} in ${folder}, not ${now}; it can't be changed: choose another folder`);
  };
  if (was.study !== is.study) refuse('study', was.study, is.study);
  if (was.preset !== is.preset) refuse('preset', was.preset, is.preset);
  if (was.data.fingerprint !== is.data.fingerprint) refuse('data', sourceText(was.data), sourceText(is.data));
  const fingerprints = ({ unlabelled }: Plan) => unlabelled.map(({ fingerprint }) => fingerprint).join();
  const unlabelledText = ({ unlabelled }: Plan) => unlabelled.map(sourceText).join(' and ') || 'none';
  if (fingerprints(was) !== fingerprints(is)) refuse('unlabelled', unlabelledText(was), unlabelledText(is));
  const cells = new Map(is.cells.map((cell) => [cell.id, cell]));
  for (const before of was.cells) {
    const now = cells.get(before.id);
    if (!now) throw new RangeError(`${before.id}: is a cell of ${folder} and not of the ${is.study} study any more`);
    assertUnchanged(before.experiment, now.experiment, unchangeable, `${folder}, ${before.id}`);
    if (now.experiment.epochs < before.experiment.epochs)
      throw new RangeError(
        `epochs: may be raised from ${before.experiment.epochs} in ${folder}, ${before.id}, not lowered to ${now.experiment.epochs}`,
      );
  }
}

const unchangeable = (Object.keys(experimentSchema.shape) as (keyof Experiment)[]).filter((key) => key !== 'epochs');

const sourceText = ({ data, clips, fingerprint }: Source): string =>
  `${data} (${clips} clips, fingerprint ${fingerprint.slice(0, 12)})`;
