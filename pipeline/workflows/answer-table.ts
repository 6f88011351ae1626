import { extname } from 'node:path';
import { parse } from 'csv-parse/sync';
import { stringify } from 'csv-stringify/sync';
import { z } from 'zod';

/** What became of one recording: an answer, or why there is none. */
export interface Outcome {
  label?: string;
  unsure?: boolean;
  probabilities?: Record<string, number>;
  warnings?: string[];
  error?: string;
  /** The recording's size and time of change; absent where it could not be read, so that it is tried again. */
  bytes?: number;
  modified?: string;
}

/** A row of the table: the outcome, whose it is, and the first 16 digits of the model file's SHA-256. */
export interface AnswerRow extends Outcome {
  file: string;
  model: string;
}

/** What tells whether a row's recording has to be answered again. */
export type KnownRow = Pick<AnswerRow, 'file' | 'model' | 'error' | 'bytes' | 'modified'>;

/** A table of answers as text, a line a row, so that what was cut short is the last line at most. */
export interface TableFormat {
  /** The first line, where there is one. */
  header?: string;
  /** How a recording is called in it. */
  nameOf(file: string): string;
  encode(row: AnswerRow): string;
  /** @throws where the line is no row */
  decode(line: string): KnownRow;
}

/**
 * The format that a file's name asks for.
 *
 * @throws RangeError for any but `.csv` and `.jsonl`
 */
export function tableFormat(path: string, labels: readonly string[]): TableFormat {
  const format = { '.csv': csv, '.jsonl': () => jsonl }[extname(path).toLowerCase()];
  if (!format) throw new RangeError(`${path}: is no table that can be written; supported: .csv, .jsonl`);
  return format(labels);
}

export function rowOf(file: string, outcome: Outcome, model: string, format: TableFormat): AnswerRow {
  return { file: format.nameOf(file), ...outcome, model };
}

/** A row a line as RFC 4180 says, but for line ends inside a field, which are written \n and \r. */
function csv(labels: readonly string[]): TableFormat {
  const known = ['file', 'label', 'unsure', ...labels.map((label) => `p_${label}`), 'warnings', 'error'];
  const columns = [...known, 'bytes', 'modified', 'model'];
  return {
    header: csvLine(columns),
    nameOf: (file) => inOneLine(harmlessPath(file)),
    encode: ({ file, label, unsure, probabilities, warnings, error, bytes, modified, model }) =>
      csvLine([
        ...[file, label, unsure],
        ...labels.map((name) => probabilities?.[name]?.toPrecision(9)), // a float32 comes back to the bit
        ...[warnings?.join('; '), error, bytes, modified, model],
      ]),
    decode: (line) => {
      const [cells] = parse(line) as string[][];
      if (cells?.length !== columns.length) throw new SyntaxError('another number of columns');
      const row = Object.fromEntries(columns.map((column, i) => [column, cells[i] === '' ? undefined : cells[i]]));
      return knownRowSchema.parse({ ...row, bytes: row.bytes === undefined ? undefined : Number(row.bytes) });
    },
  };
}

/** A JSON object a line, names as they are. */
const jsonl: TableFormat = {
  nameOf: (file) => file,
  encode: (row) => `${JSON.stringify(row)}\n`,
  decode: (line) => knownRowSchema.parse(JSON.parse(line)),
};

const knownRowSchema = z.object({
  file: z.string().min(1),
  model: z.string().min(1),
  error: z.string().optional(),
  bytes: z.number().int().min(0).optional(),
  modified: z.string().optional(),
});

/** A spreadsheet computes what begins with = + - @: a label or reason that does gets an apostrophe before it. */
const csvLine = (cells: readonly (string | number | boolean | undefined)[]): string =>
  stringify([cells.map((cell) => (cell === undefined ? '' : inOneLine(String(cell))))], {
    escape_formulas: true,
    record_delimiter: '\n',
  });

/** The same path, with ./ before it where a spreadsheet would take it for a formula. */
const harmlessPath = (file: string): string => (/^[=+\-@\t\r\uFF1D\uFF0B\uFF0D\uFF20]/.test(file) ? `./${file}` : file);

const inOneLine = (text: string): string => text.replaceAll('\n', '\\n').replaceAll('\r', '\\r');
