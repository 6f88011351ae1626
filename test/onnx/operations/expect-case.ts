import { expect, test } from '@jest/globals';
import { answersOf, type OpCase } from './op-case.js';

/** One test a case: tfjs's graph executor and onnxruntime give the same shapes, kinds and numbers. */
export function testCases(cases: readonly OpCase[]): void {
  test.each(cases.map((each) => [`${each.op}: ${each.title}`, each] as const))('%s', async (_name, opCase) => {
    await expectCase(opCase);
  });
}

export async function expectCase(opCase: OpCase): Promise<Uint8Array> {
  const { bytes, answers } = await answersOf(opCase);
  for (const { expected, actual } of answers) {
    expect(actual.map(({ shape }) => shape)).toEqual(expected.map(({ shape }) => shape));
    actual.forEach(({ values }, i) => {
      const wanted = expected[i].values;
      if (typeof wanted[0] === 'string') expect(values).toEqual(wanted);
      else
        expect(Float32Array.from(values as number[])).toBeAllClose(Float32Array.from(wanted as number[]), {
          absolute: opCase.absolute ?? 1e-5,
        });
    });
  }
  return bytes;
}
