import { createReadStream } from 'node:fs';
import { mkdir, open, rename, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { AnswerRow, KnownRow, TableFormat } from './answer-table.js';

/** A table of answers that is being written, a whole row at a time. */
export interface Answers {
  /** Whether a recording's answer is there, and still its answer. */
  has(file: string): boolean;
  /** Rows that were there, of recordings asked for that could not be used. */
  failures: { file: string; error: string }[];
  append(row: AnswerRow): Promise<void>;
  close(): Promise<void>;
}

/**
 * Opens a table to go on with it, or begins one. Of what was there stays each whole row, but for rows of recordings, among
 * those asked for, that were changed since, or could not be read: they are to be answered again. Until that is decided for
 * all rows the file is left as it was.
 *
 * @throws Error in one line where it holds something else, or answers of another model, or can't be written
 */
export async function openAnswers(
  path: string,
  format: TableFormat,
  model: string,
  files: readonly string[],
): Promise<Answers> {
  const asked = new Map(files.map((file) => [format.nameOf(file), file]));
  const done = new Set<string>();
  const failures: Answers['failures'] = [];
  const unfinished = `${path}.unfinished`;
  const write = writing(path);
  await write(() => mkdir(dirname(path), { recursive: true }));
  const kept = await write(() => open(unfinished, 'w'));
  try {
    if (format.header) await write(() => kept.writeFile(format.header!));
    for await (const { lines, rows } of rowsOf(path, format, model)) {
      const still = await Promise.all(rows.map((row) => isOf(row, asked.get(row.file))));
      const stays = rows.map((row, i) => {
        if (!asked.has(row.file)) return true;
        if (done.has(row.file) || !still[i]) return false;
        done.add(row.file);
        if (row.error !== undefined) failures.push({ file: row.file, error: row.error });
        return true;
      });
      const text = lines.filter((_, i) => stays[i]).map((line) => `${line}\n`);
      await write(() => kept.writeFile(text.join('')));
    }
    await write(() => kept.sync());
    await kept.close();
    await write(() => rename(unfinished, path));
  } catch (error) {
    await kept.close();
    await rm(unfinished, { force: true });
    throw error;
  }
  const table = await write(() => open(path, 'a'));
  return {
    has: (file) => done.has(format.nameOf(file)),
    failures,
    append: (row) => write(() => table.writeFile(format.encode(row))),
    close: () => write(() => table.sync()).finally(() => table.close()),
  };
}

/** The rows of a table that is there, with their lines, some at a time. */
async function* rowsOf(
  path: string,
  format: TableFormat,
  model: string,
): AsyncGenerator<{ lines: string[]; rows: KnownRow[] }> {
  let before = 0;
  for await (const all of wholeLines(path)) {
    const isFirst = before === 0 && format.header !== undefined;
    if (isFirst && `${all[0]}\n` !== format.header)
      throw new SyntaxError(`${path}: is there already, and no table of these labels; choose another -o`);
    const lines = isFirst ? all.slice(1) : all;
    const line = (i: number) => `${path}: line ${before + all.length - lines.length + i + 1}`;
    const rows = decoded(lines, format, line);
    const other = rows.findIndex((row) => row.model !== model);
    if (other >= 0)
      throw new Error(`${line(other)} is of another model (${rows[other].model}, not ${model}); choose another -o`);
    yield { lines, rows };
    before += all.length;
  }
}

function decoded(lines: readonly string[], format: TableFormat, nameOf: (i: number) => string): KnownRow[] {
  try {
    return format.decode(lines);
  } catch {
    const wrong = lines.findIndex((line) => !isRow(line, format));
    throw new SyntaxError(`${nameOf(wrong)} is no row of answers; mend or remove it, or choose another -o`);
  }
}

function isRow(line: string, format: TableFormat): boolean {
  try {
    return format.decode([line]).length === 1;
  } catch {
    return false;
  }
}

/** Some lines at a time, never none. A last one without an end was cut off, and is none. */
async function* wholeLines(path: string): AsyncGenerator<string[]> {
  let rest = '';
  try {
    for await (const part of createReadStream(path, 'utf8')) {
      const lines = (rest + part).split('\n');
      rest = lines.pop()!;
      if (lines.length > 0) yield lines;
    }
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return;
    throw code ? new Error(`${path}: can't be read (${code}); choose another -o`) : error;
  }
}

async function isOf({ bytes, modified }: KnownRow, file?: string): Promise<boolean> {
  if (file === undefined) return false;
  const found = await stat(file).catch(() => undefined);
  return found !== undefined && found.size === bytes && found.mtime.toISOString() === modified;
}

const writing =
  (path: string) =>
  async <T>(work: () => Promise<T>): Promise<T> => {
    try {
      return await work();
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      const full = code === 'ENOSPC' || code === 'EDQUOT';
      throw new Error(
        full
          ? `${path}: the disk is full; make space, and the same command goes on`
          : `${path}: can't be written (${code})`,
      );
    }
  };
