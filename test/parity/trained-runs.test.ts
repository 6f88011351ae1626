import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from '@jest/globals';
import * as tf from '@tensorflow/tfjs-core';
import { architectureNamed } from '../../models/index.js';
import { openBackend } from '../../pipeline/training/backends/index.js';
import { describeWith } from '../support/needs.js';
import { compareRuntime } from './judged.js';
import { reference, runtimes } from './runtimes.js';
import { clipsOf } from './spoken-clips.js';
import { trainedSubject } from './subject.js';

const folder = process.env.SERKIT_RUNS ?? '/nowhere';
const isRecognisers = (config: string): boolean =>
  architectureNamed(JSON.parse(readFileSync(config, 'utf8')).experiment.model).task === 'recognition';
const runs = existsSync(folder)
  ? readdirSync(folder).filter((name) => {
      const config = join(folder, name, 'config.json');
      return existsSync(config) && existsSync(join(folder, name, 'scores.json')) && isRecognisers(config);
    })
  : [];

describeWith('trained-runs', 'runs that were trained before', () => {
  const [onnxruntime] = runtimes.filter(({ name }) => name === 'onnxruntime-node cpu');

  beforeAll(async () => {
    tf.env().set('IS_TEST', false); // wasm's own kernels fail in tfjs's test mode
    await openBackend('cpu');
  });

  test('are there', () => expect(runs).not.toEqual([]));

  test.each(runs)(
    '%s answers in onnxruntime as in tfjs, from features and from samples',
    async (name) => {
      const clips = await clipsOf('synthetic', 4);
      const subject = await trainedSubject(join(folder, name));
      const expected = await reference.answer(subject, reference.kinds[0], clips);
      for (const kind of onnxruntime.kinds.filter(({ precision }) => precision === 'fp32'))
        expect(await compareRuntime(onnxruntime, subject, kind, clips, expected)).toMatchObject({
          ...kind,
          outcome: 'passed',
        });
      subject.model.dispose();
    },
    120_000,
  );
});
