import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { z } from 'zod';
import { writeDurably } from '../training/write-durably.js';

/** What a model answered for one test example, with all that is known of the clip. */
export interface PredictionRow {
  clip: string;
  /** 0: as recorded; n: its n-th noisy copy. */
  copy: number;
  speaker?: string;
  gender?: string;
  intensity?: string;
  statement?: string;
  label: string;
  predicted: string;
  probabilities: readonly number[]; // (labels)
}

const known = ['clip', 'copy', 'speaker', 'gender', 'intensity', 'statement', 'label', 'predicted'] as const;

const predictionsFile = (folder: string): string => join(folder, 'predictions.csv');

/** Writes `predictions.csv` into a run's folder: a row a test example, a column `p_LABEL` for each label. */
export async function writePredictions(
  folder: string,
  labels: readonly string[],
  rows: readonly PredictionRow[],
): Promise<void> {
  const header = [...known, ...labels.map((label) => `p_${label}`)];
  const lines = rows.map((row) => [
    ...known.map((key) => row[key] ?? ''),
    ...row.probabilities.map((p) => p.toPrecision(9)), // a float32 comes back to the bit
  ]);
  await writeDurably(
    predictionsFile(folder),
    [header, ...lines].map((line) => `${line.map(quoted).join(',')}\n`).join(''),
  );
}

/** As RFC 4180 says. */
const quoted = (value: string | number): string =>
  /[",\r\n]/.test(String(value)) ? `"${String(value).replaceAll('"', '""')}"` : String(value);

const optionalText = z.string().transform((text) => text || undefined);
const rowSchema = z.object({
  clip: z.string().min(1),
  copy: z.coerce.number().int().min(0),
  speaker: optionalText,
  gender: optionalText,
  intensity: optionalText,
  statement: optionalText,
  label: z.string().min(1),
  predicted: z.string().min(1),
});

/** @throws Error that names the file, and the line which is not as `writePredictions` leaves it */
export async function readPredictions(folder: string): Promise<{ labels: string[]; rows: PredictionRow[] }> {
  const file = predictionsFile(folder);
  const text = await readFile(file, 'utf8').catch(() => {
    throw new Error(`${file}: is not there; a run writes it when it comes to its end`);
  });
  const [header = [], ...lines] = parseTable(text, file);
  const labels = header.filter((name) => name.startsWith('p_')).map((name) => name.slice('p_'.length));
  if (labels.length < 2) throw new SyntaxError(`${file}: has no columns p_LABEL`);
  const rows = lines.map((line, i) => {
    const fields = Object.fromEntries(header.map((name, column) => [name, line[column]]));
    const row = rowSchema.safeParse(fields);
    const probabilities = labels.map((label) => Number.parseFloat(fields[`p_${label}`]));
    if (!row.success || !probabilities.every(Number.isFinite))
      throw new SyntaxError(`${file}: line ${i + 2} is no prediction (columns: ${known.join(', ')}, p_LABEL)`);
    return { ...row.data, probabilities };
  });
  return { labels, rows };
}

function parseTable(text: string, file: string): string[][] {
  try {
    return parse(text, { skip_empty_lines: true });
  } catch (error) {
    throw new SyntaxError(`${file}: not a CSV table (${(error as Error).message})`);
  }
}
