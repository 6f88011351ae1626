import { describe, expect, test } from '@jest/globals';
import { parse } from 'csv-parse/sync';
import { type Outcome, rowOf, tableFormat } from '../../pipeline/workflows/answer-table.js';

const labels = ['calm', '=cmd()'];
const outcome: Outcome = {
  label: '=cmd()',
  unsure: true,
  probabilities: { calm: 0.25, '=cmd()': 0.75 },
  warnings: ['the clip is silent', 'shorter than a window'],
  bytes: 12,
  modified: '2026-01-01T00:00:00.000Z',
};
const files = ['a.wav', '=1+1.wav', '-x.wav', '@x.wav', '+x.wav', 'a,"b".wav', 'a\nb.wav', 'a\r\nb.wav', '语音.wav'];

describe.each(['.csv', '.jsonl'])('a row of a %s', (extension) => {
  const format = tableFormat(`out${extension}`, labels);

  test.each(files)('of %j is one line, and comes back', (file) => {
    const line = format.encode(rowOf(file, outcome, 'abc', format));
    expect(line.split('\n')).toEqual([expect.any(String), '']);
    expect(line).not.toContain('\r');
    expect(format.decode(line.trimEnd())).toEqual({
      file: format.nameOf(file),
      ...{ model: 'abc', bytes: 12, modified: outcome.modified },
    });
  });

  test('of a recording that could not be read is to be done again: it has no size', () => {
    const line = format.encode(rowOf('a.wav', { error: 'is not there' }, 'abc', format));
    expect(format.decode(line.trimEnd())).toEqual({ file: 'a.wav', model: 'abc', error: 'is not there' });
  });

  test.each(['', 'x', '{"file": 1}', ','.repeat(9), 'a.wav,calm'])('is not %j', (line) => {
    expect(() => format.decode(line)).toThrow();
  });
});

test('nothing in a CSV begins as a formula does, and paths stay paths', () => {
  const format = tableFormat('out.csv', labels);
  for (const file of files) {
    const line = format.encode(rowOf(file, { ...outcome, error: '+1 reason' }, '=x', format));
    const [cells] = parse(format.header + line, { from_line: 2 }) as string[][];
    for (const cell of cells) expect(cell).not.toMatch(/^[=+\-@\t\r]/);
  }
  expect(format.nameOf('=1+1.wav')).toBe('./=1+1.wav');
  expect(format.nameOf('dir/=1.wav')).toBe('dir/=1.wav');
});

test('other tables are not written', () => {
  expect(() => tableFormat('out.xlsx', labels)).toThrow(
    new RangeError('out.xlsx: is no table that can be written; supported: .csv, .jsonl'),
  );
});
