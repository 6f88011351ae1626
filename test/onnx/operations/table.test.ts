import { readFile } from 'node:fs/promises';
import { pathToFileURL } from 'node:url';
import { expect, test } from '@jest/globals';
import { opConverters, opRefusals } from '../../../onnx/operations/index.js';
import { table } from '../../../onnx/operations/table.generated.js';
import { fromRoot } from '../../support/paths.js';

test('the table is that of the installed tfjs-converter: 248 operations', async () => {
  const generator = await import(pathToFileURL(fromRoot('onnx', 'operations', 'generate-table.mjs')).href);
  expect(await readFile(fromRoot('onnx', 'operations', 'table.generated.ts'), 'utf8')).toBe(await generator.table());
  expect(Object.keys(table)).toHaveLength(248);
});

test('no operation has both a converter and a refusal', () => {
  expect(Object.keys(opRefusals).filter((op) => op in opConverters)).toEqual([]);
});
