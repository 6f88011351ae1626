import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { writeDurably } from '../../training/write-durably.js';
import { readJson } from '../read-json.js';

/** So much time for so much work; several are added up. */
const measuredSchema = z.object({ work: z.number().min(0), seconds: z.number().min(0) });
export type Measured = z.infer<typeof measuredSchema>;

/** A report folder's `timings.json`: how long its cells took, for the time that is left. */
const timingsSchema = z.object({
  /** From the start of a cell's process to its first step; `work` counts cells. */
  startup: measuredSchema,
  /** Training by `BACKEND MODEL`. */
  training: z.record(z.string(), measuredSchema),
});
export type Timings = z.infer<typeof timingsSchema>;

const timingsFile = (reportFolder: string): string => join(reportFolder, 'timings.json');

export async function readTimings(reportFolder: string): Promise<Timings> {
  if (!existsSync(timingsFile(reportFolder))) return { startup: { work: 0, seconds: 0 }, training: {} };
  return readJson(timingsFile(reportFolder), timingsSchema);
}

export const writeTimings = (reportFolder: string, timings: Timings): Promise<void> =>
  writeDurably(timingsFile(reportFolder), `${JSON.stringify(timings, null, 2)}\n`);

/** Adds a measurement. Older ones count half as much each time, so that another machine or load is soon believed. */
export const remember = (was: Measured | undefined, { work, seconds }: Measured): Measured => ({
  work: (was?.work ?? 0) / 2 + work,
  seconds: (was?.seconds ?? 0) / 2 + seconds,
});
