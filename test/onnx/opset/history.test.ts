import { execFileSync } from 'node:child_process';
import { expect, test } from '@jest/globals';
import { changes } from '../../../onnx/opset/changes.js';
import { describeWith } from '../../support/needs.js';
import { fromRoot } from '../../support/paths.js';

describeWith('python-onnx', "ONNX's own record of operator versions", () => {
  test('the table holds every operator that changed in opsets 14 to 22, with its versions, and no other', () => {
    const script = fromRoot('test', 'onnx', 'operator_history.py');
    const report = execFileSync(process.env.SERKIT_PYTHON ?? 'python3', [script], { encoding: 'utf8' });
    const history: Record<string, number[]> = JSON.parse(report);
    const changed = Object.entries(history)
      .map(([op, versions]) => [op, versions.filter((version) => version > 13), versions[0]] as const)
      .filter(([, versions]) => versions.length > 0);
    expect(Object.fromEntries(Object.entries(changes).map(([op, { versions }]) => [op, [...versions]]))).toEqual(
      Object.fromEntries(changed.map(([op, versions]) => [op, versions])),
    );
    for (const [op, , first] of changed) expect([op, changes[op].since]).toEqual([op, first > 13 ? first : undefined]);
  });
});
