import { describe, expect, test } from '@jest/globals';
import { evaluationCases } from './evaluation-cases.js';
import { testCases } from './expect-case.js';
import { answersOf, fed, ints } from './op-case.js';

describe('evaluation', () => {
  testCases(evaluationCases);

  test('TopKV2 unsorted: the same elements in an order of its own', async () => {
    const opCase = {
      op: 'TopKV2',
      title: '',
      operands: [fed([40]), ints(9)],
      outputs: 2,
      attributes: { sorted: { b: false } },
    };
    const { answers } = await answersOf(opCase);
    for (const { expected, actual } of answers)
      expected.forEach(({ values }, i) => {
        expect([...actual[i].values].sort()).toEqual([...values].sort());
      });
  });
});
