import { readFile } from 'node:fs/promises';
import { basename, dirname, extname, isAbsolute, relative, resolve } from 'node:path';
import { parse } from 'csv-parse/sync';
import { z } from 'zod';
import { byCodeUnit, clipExtensions, collectClips, type Description, whyUnreadable } from './clip-files.js';
import type { Corpus } from './corpus.js';

export const manifestExtensions: readonly string[] = ['.csv', '.jsonl'];

const text = z.string().trim().min(1);
const optional = <T extends z.ZodType>(schema: T) =>
  z.preprocess((value) => (value === '' || value === null ? undefined : value), schema.optional());

/** A row of a manifest. Further columns are passed over. */
const rowSchema = z.object({
  path: text,
  label: text,
  speaker: optional(z.union([text, z.number().transform(String)])),
  gender: optional(
    z
      .string()
      .trim()
      .toLowerCase()
      .pipe(z.enum(['female', 'male'])),
  ),
  intensity: optional(text),
  statement: optional(text),
});

type Row = z.infer<typeof rowSchema>;
type Line = { lineNumber: number; fields: unknown };

/**
 * A table of clips: `.csv` with a header, or `.jsonl` with an object a line. Columns `path` and `label`, and as far
 * as known `speaker`, `gender` (female, male), `intensity` and `statement`; paths are relative to the manifest. Labels are sorted
 * by name. A line that cannot be used becomes a problem; a table without the two columns is an error.
 */
export async function openManifest(path: string): Promise<Corpus> {
  const name = basename(path, extname(path));
  const lines =
    extname(path).toLowerCase() === '.csv' ? parseCsv(await read(path), path) : parseJsonl(await read(path));
  if (lines.length === 0) throw new SyntaxError(`${path}: an empty manifest (supported: columns path, label, …)`);

  const rows = new Map<string, Row>();
  const lineProblems: { file: string; reason: string }[] = [];
  const someSpeakers = lines.some(({ fields }) => rowSchema.safeParse(fields).data?.speaker !== undefined);
  for (const { lineNumber, fields } of lines) {
    const row = rowSchema.safeParse(fields);
    const file = row.success ? clipId(row.data.path, path) : `${basename(path)} line ${lineNumber}`;
    if (!row.success) lineProblems.push({ file, reason: explain(row.error) });
    else if (rows.has(file)) lineProblems.push({ file, reason: `listed again in line ${lineNumber}` });
    else rows.set(file, row.data);
  }
  const describe = (file: string): Description => describeRow(file, rows.get(file)!, someSpeakers);
  const { clips, problems } = await collectClips(dirname(path), [...rows.keys()], describe);
  const labels = [...new Set(clips.map(({ label }) => label))].sort(byCodeUnit);
  return { name, labels, clips, problems: [...lineProblems, ...problems] };
}

function describeRow(file: string, { path: _, ...row }: Row, someSpeakers: boolean): Description {
  if (!clipExtensions.includes(extname(file).toLowerCase()))
    return {
      reason: `${extname(file) || 'a file without extension'} is no clip (supported: ${clipExtensions.join(', ')})`,
    };
  if (someSpeakers && row.speaker === undefined)
    return { reason: 'no speaker, while other clips have one (name it, or leave out the column)' };
  return row;
}

/** The path below the manifest's folder, with `/`; also for one that was written absolute. */
function clipId(written: string, manifestPath: string): string {
  const folder = resolve(dirname(manifestPath));
  const id = isAbsolute(written) ? relative(folder, written) : relative(folder, resolve(folder, written));
  return id.replaceAll('\\', '/');
}

async function read(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    throw new Error(`${path}: ${whyUnreadable(error, 'file')}`);
  }
}

function parseCsv(content: string, path: string): Line[] {
  let rows: { info: { lines: number }; record: Record<string, string> }[];
  try {
    rows = parse(content, {
      columns: (header: string[]) => header.map((column) => column.trim().toLowerCase()),
      bom: true,
      info: true,
      skip_empty_lines: true,
      trim: true,
    }) as unknown as typeof rows;
  } catch (error) {
    throw new SyntaxError(`${path}: not a CSV table (${(error as Error).message})`);
  }
  for (const column of ['path', 'label'])
    if (rows.length > 0 && !(column in rows[0].record))
      throw new SyntaxError(
        `${path}: no column '${column}', only ${Object.keys(rows[0].record).join(', ')} ` +
          '(supported: path, label and as far as known speaker, gender, intensity, statement)',
      );
  return rows.map(({ info, record }) => ({ lineNumber: info.lines, fields: record }));
}

function parseJsonl(content: string): Line[] {
  const lines = content.replace(/^\uFEFF/, '').split(/\r?\n/);
  return lines.flatMap((line, i) => (line.trim() === '' ? [] : [{ lineNumber: i + 1, fields: parseJson(line) }]));
}

/** A line that is not JSON gives undefined, which no row schema accepts: it is reported like any unusable row. */
function parseJson(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

function explain(error: z.ZodError): string {
  const [{ path }] = error.issues;
  if (path.length === 0) return 'not a JSON object (supported: {"path": …, "label": …, "speaker": …})';
  return path[0] === 'gender' ? 'gender is not female or male' : `${String(path[0])} is missing or not text`;
}
