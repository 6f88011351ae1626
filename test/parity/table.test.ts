import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { fromRoot } from '../support/paths.js';
import { recordFile } from './record.js';
import { page, readmeBlock, readRecord, withBlock } from './table.js';

const record = readRecord(recordFile);

describe('what was measured', () => {
  test('is what docs/parity.md and the README show (npm run parity:table)', () => {
    const readme = readFileSync(fromRoot('README.md'), 'utf8');
    expect(readFileSync(fromRoot('docs', 'parity.md'), 'utf8')).toBe(page(record));
    expect(withBlock(readme, readmeBlock(record))).toBe(readme);
  });

  test('has each comparison once, and nothing failed', () => {
    const keys = record.comparisons.map((each) => `${each.model} ${each.runtime} ${each.input} ${each.precision}`);
    expect(new Set(keys).size).toBe(keys.length);
    for (const { name } of record.models)
      expect(keys.filter((key) => key.startsWith(`${name} `)).length).toBeGreaterThan(5);
    expect(record.comparisons.filter(({ outcome }) => outcome === 'failed')).toEqual([]);
  });

  test('a README without markers is refused', () => {
    expect(() => withBlock('# serkit', 'a table')).toThrow(
      '<!-- parity:begin --> and <!-- parity:end --> are not there',
    );
  });
});
