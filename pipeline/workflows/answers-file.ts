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
    for await (const { line, row } of rowsOf(path, format, model)) {
      const file = asked.get(row.file);
      if (file !== undefined) {
        if (done.has(row.file) || !(await isOf(row, file))) continue;
        done.add(row.file);
        if (row.error !== undefined) failures.push({ file: row.file, error: row.error });
      }
      await write(() => kept.writeFile(`${line}\n`));
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

/** The rows of a table that is there, with their lines; a last line without an end was cut off, and is none. */
async function* rowsOf(
  path: string,
  format: TableFormat,
  model: string,
): AsyncGenerator<{ line: string; row: KnownRow }> {
  let number = 0;
  for await (const line of wholeLines(path)) {
    number++;
    if (format.header && number === 1) {
      if (`${line}\n` === format.header) continue;
      throw new SyntaxError(`${path}: is there already, and no table of these labels; choose another -o`);
    }
    let row: KnownRow;
    try {
      row = format.decode(line);
    } catch {
      throw new SyntaxError(`${path}: line ${number} is no row of answers; mend or remove it, or choose another -o`);
    }
    if (row.model !== model)
      throw new Error(`${path}: line ${number} is of another model (${row.model}, not ${model}); choose another -o`);
    yield { line, row };
  }
}

async function* wholeLines(path: string): AsyncGenerator<string> {
  let rest = '';
  try {
    for await (const part of createReadStream(path, 'utf8')) {
      const lines = (rest + part).split('\n');
      rest = lines.pop()!;
      yield* lines;
    }
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return;
    throw code ? new Error(`${path}: can't be read (${code}); choose another -o`) : error;
  }
}

async function isOf({ bytes, modified }: KnownRow, file: string): Promise<boolean> {
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
