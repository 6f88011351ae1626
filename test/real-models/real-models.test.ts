import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { type LoadedModel, largestGap, loadOnnx, loadTfjs } from '../../bench/answers.js';
import { realModelsFolder } from '../../bench/real-models-folder.js';
import { openSavedModel, randomExamples, savedModels } from '../../bench/saved-models.js';
import { toOnnx } from '../../onnx/index.js';
import { describeWith } from '../support/needs.js';
import { fromRoot } from '../support/paths.js';

tf.env().set('IS_TEST', true);

/** As a share of an output's largest number. The largest seen, against TensorFlow.js and against TensorFlow: 2e-5. */
const tolerance = 5e-5;

/** Where rounding adds up to more: ResNet50 was seen at 1e-4, and tf2onnx's file of it is as far off. */
const tolerances: Readonly<Record<string, number>> = {
  'resnet50-layers': 5e-4,
  'resnet50-graph': 5e-4,
  'resnet50-graph-unfused': 5e-4,
};

/** Where TensorFlow.js cannot answer, though others can: what it says. */
const tfjsRefuses: Readonly<Record<string, RegExp>> = {
  'mobilenet-layers': /expected ndim=4, found ndim=2/,
  'mobilenetv3small-graph': /_fusedhardswish has not been implemented/,
  'nasnetmobile-layers': /are invalid for SeparableConv2D/,
  'control-flow-gru-v1': /Cannot compute the outputs/,
  'control-flow-tensor-array-v2': /Cannot read properties of undefined/,
};

/** Where we refuse for good reason: what we say. */
const refused: Readonly<Record<string, RegExp>> = {
  'mobilenetv3small-layers': /\(TFOpLambda\): an operation of TensorFlow between layers/,
  'convnexttiny-layers': /TFOpLambda|LayerScale/,
  ragged: /\(RaggedRange\): cannot be exported: ONNX has no ragged tensors/,
};

/** More weights than this take TensorFlow.js' plain JavaScript minutes: what TensorFlow itself answered is enough. */
const largeBytes = 30e6;

const names = await savedModels(realModelsFolder);

describeWith('real-models', 'models that nobody here wrote', () => {
  let scratch: string;
  beforeAll(async () => {
    scratch = mkdtempSync(join(tmpdir(), 'serkit-real-models-'));
    await tf.setBackend('cpu');
  });
  afterAll(() => rmSync(scratch, { recursive: true }));
  const files: string[] = [];

  test.each(names.filter((name) => !refused[name]))(
    '%s: the same bytes twice, the same numbers as TensorFlow.js and TensorFlow',
    async (name) => {
      const model = await openSavedModel(realModelsFolder, name);
      const bytes = toOnnx(model.artifacts);
      expect(Buffer.compare(toOnnx(model.artifacts), bytes)).toBe(0);
      const file = join(scratch, `${name}.onnx`);
      writeFileSync(file, bytes);
      files.push(file);

      const onnx = await loadOnnx(bytes);
      const examples = model.examples.length > 0 ? model.examples : randomExamples(name, onnx.inputs);
      const allowed = tolerances[name] ?? tolerance;
      const large = bytes.length > largeBytes && examples[0].outputs;
      const tfjs = large || tfjsRefuses[name] ? undefined : await loadTfjs(model);
      for (const { inputs, outputs } of examples) {
        const actual = await onnx.run(inputs);
        if (outputs) expect(largestGap(actual, outputs)).toBeLessThanOrEqual(allowed);
        if (tfjs) expect(largestGap(actual, await tfjs.run(inputs))).toBeLessThanOrEqual(allowed);
        expect(outputs ?? tfjs).toBeDefined();
      }
      await onnx.dispose();
      await tfjs?.dispose();
    },
    300_000,
  );

  test.each(Object.keys(tfjsRefuses).filter((name) => names.includes(name)))(
    '%s: what is left out above is what TensorFlow.js itself cannot do',
    async (name) => {
      const model = await openSavedModel(realModelsFolder, name);
      const answer = loadTfjs(model).then((tfjs: LoadedModel) => tfjs.run(model.examples[0].inputs));
      await expect(answer).rejects.toThrow(tfjsRefuses[name]);
    },
  );

  test.each(Object.keys(refused).filter((name) => names.includes(name)))('%s: refused, with a reason', async (name) => {
    const { artifacts } = await openSavedModel(realModelsFolder, name);
    expect(() => toOnnx(artifacts)).toThrow(refused[name]);
  });

  describeWith('python-onnx', 'the checker of ONNX', () => {
    test('accepts every file', () => {
      expect(files.length).toBeGreaterThan(0);
      const script = fromRoot('test', 'onnx', 'check_model.py');
      const report = execFileSync(process.env.SERKIT_PYTHON ?? 'python3', [script, ...files], { encoding: 'utf8' });
      expect(report.trimEnd().split('\n')).toHaveLength(files.length);
    }, 300_000);
  });
});
