import { join } from 'node:path';
import { z } from 'zod';
import { protocols } from '../../datasets/split.js';
import { readJson } from '../read-json.js';

const plannedCellSchema = z.object({
  /** `cnn/paper-seed1`: its run's path below `cells/`. */
  id: z.string(),
  variant: z.string(),
  kind: z.enum(['recogniser', 'autoencoder']),
  protocol: z.enum(protocols),
  fold: z.number().int(),
  seed: z.number().int(),
  /** The id of the cell whose encoder it holds. */
  encoder: z.string().optional(),
  experiment: z.object({
    epochs: z.number(),
    batchSize: z.number(),
    learningRate: z.number(),
    schedule: z.string(),
    features: z.string(),
  }),
});

const sourceSchema = z.object({ data: z.string(), name: z.string(), clips: z.number() });

/** Of a report folder's `plan.json` what the page says; the rest is the grid's. */
const planSchema = z.object({
  study: z.string(),
  data: sourceSchema,
  /** Further speech for the autoencoders. */
  unlabelled: z.array(sourceSchema),
  cells: z.array(plannedCellSchema),
});

export type PlannedCell = z.infer<typeof plannedCellSchema>;
export type ReportPlan = z.infer<typeof planSchema>;

/** @throws Error, SyntaxError or TypeError that names the file and what is wrong with it */
export const readReportPlan = (folder: string): Promise<ReportPlan> => readJson(join(folder, 'plan.json'), planSchema);
