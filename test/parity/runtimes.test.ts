import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import * as tf from '@tensorflow/tfjs-core';
import { type Architecture, architectures } from '../../models/index.js';
import { openBackend } from '../../pipeline/training/backends/index.js';
import { smallCases } from '../models/cases.js';
import { describeWith } from '../support/needs.js';
import { closeBrowser } from './browser-runtimes.js';
import { compareRuntime } from './judged.js';
import { reference, runtimes } from './runtimes.js';
import { clipsOf, type SpokenClip } from './spoken-clips.js';
import { builtSubject, type Subject } from './subject.js';

const recognisers = Object.values(architectures as unknown as Record<string, Architecture>).filter(
  ({ task }) => task === 'recognition',
);
/** Of a hybrid one with each kind of encoder: all of them are held against onnxruntime in test/models. */
const cases = recognisers.flatMap(({ name }) =>
  smallCases(name)
    .filter(({ title }) => !title.endsWith('states last'))
    .map((each) => [name, each.title, each] as const),
);
const fp32 = { input: 'features', precision: 'fp32' } as const;

beforeAll(() => tf.env().set('IS_TEST', false)); // wasm's own kernels fail in tfjs's test mode
afterAll(closeBrowser);

/** Real clips where RAVDESS is, beside synthetic ones. */
const data = ['synthetic', ...(process.env.SERKIT_RAVDESS ? [`ravdess:${process.env.SERKIT_RAVDESS}/ravdess`] : [])];

describe.each(cases)('%s, %s', (architecture, _title, small) => {
  let clips: SpokenClip[];
  let subject: Subject;
  let expected: Float32Array;

  beforeAll(async () => {
    clips = (await Promise.all(data.map((which) => clipsOf(which, 12)))).flat();
    await openBackend('cpu');
    subject = await builtSubject(architecture, small, clips);
    expected = await reference.answer(subject, fp32, clips);
  }, 120_000);
  afterAll(() => void subject?.model.dispose());

  test('answers with labels that are decided, and not the same to every clip', () => {
    const rows = clips.map((_, clip) => [...expected.subarray(4 * clip, 4 * clip + 4)]);
    expect(new Set(rows.map((row) => row.indexOf(Math.max(...row)))).size).toBeGreaterThan(1);
    const decided = rows.filter((row) => {
      const [best, second] = row.toSorted((a, b) => b - a);
      return best - second > 0.002;
    });
    expect(decided.length).toBeGreaterThan(0.8 * rows.length);
  });

  for (const runtime of runtimes) {
    const describeRuntime = runtime.need ? describeWith.bind(undefined, runtime.need) : describe;
    describeRuntime(runtime.name, () => {
      // To open a file on a GPU takes seconds: of the smaller precisions one is enough there.
      const kinds = runtime.kinds.filter(({ precision }) => !runtime.gpu || precision !== 'int8');
      test.each(kinds.map(({ input, precision }) => [input, precision] as const))(
        '%s, %s',
        async (input, precision) => {
          const comparison = await compareRuntime(runtime, subject, { input, precision }, clips, expected);
          if (precision === 'fp32')
            expect(comparison).toMatchObject({ outcome: 'passed', clips: clips.length, otherLabel: [] });
          else if (!runtime.gpu) expect(comparison).toMatchObject({ outcome: 'reported', clips: clips.length });
          else expect(['reported', 'skipped']).toContain(comparison.outcome); // where it does not compute in float16
        },
        120_000,
      );
    });
  }
});
