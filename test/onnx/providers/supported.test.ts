import { readFile } from 'node:fs/promises';
import { expect, test } from '@jest/globals';
import { converters } from '../../../onnx/converters/index.js';
import { opConverters } from '../../../onnx/operations/index.js';
import { fromRoot } from '../../support/paths.js';
import { opsWithoutCases } from '../operations/all-cases.js';
import { providerCases } from './provider-cases.js';
import { supported } from './supported.js';

test('onnx/SUPPORTED.md says what the registries and the cases say (npm run supported writes it)', async () => {
  expect(await readFile(fromRoot('onnx', 'SUPPORTED.md'), 'utf8')).toBe(await supported());
});

test('every class and every operation that can be exported has a case', () => {
  const names = (kind: string) => new Set(providerCases.flatMap((each) => (each.kind === kind ? [each.of] : [])));
  expect(names('layer')).toEqual(new Set(Object.keys(converters)));
  // Const is in every case with a weight.
  expect(new Set([...names('operation'), ...opsWithoutCases, 'Const'])).toEqual(new Set(Object.keys(opConverters)));
});
