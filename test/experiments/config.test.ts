import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { architectures } from '../../models/index.js';
import { assertUnchanged, resolveExperiment } from '../../pipeline/experiments/config.js';
import { presetNames, presets } from '../../pipeline/experiments/presets/index.js';

/** The error of a call that must fail, whose message must be one line. */
function errorOf(call: () => unknown): Error {
  try {
    call();
  } catch (error) {
    expect((error as Error).message).not.toContain('\n');
    return error as Error;
  }
  throw new Error('nothing was thrown');
}

describe('what an experiment is', () => {
  test("without any wish: the report's values, and the honest protocol", () => {
    expect(resolveExperiment('paper-16k')).toEqual({
      model: 'cnn',
      modelOptions: architectures.cnn.defaults,
      features: 'paper-16k',
      protocol: 'speaker-independent',
      fold: 0,
      seed: 1,
      copies: 2,
      validationSpeakers: 2,
      epochs: 100,
      batchSize: 32,
      learningRate: 1e-3,
      // Everything else that the loop can do is off.
      schedule: 'constant',
      plateauFactor: 0.5,
      plateauPatience: 5,
      weightDecay: 0,
      ema: 0,
      labelSmoothing: 0,
      classWeights: 'none',
      mixup: 0,
      mixupShare: 1,
      freeze: 'none',
      deterministic: false,
    });
  });

  test.each(presetNames)('preset %s is in force, and is no more than overrides', (name) => {
    const { modelOptions, ...plain } = presets[name as keyof typeof presets] as Record<string, unknown>;
    const resolved = resolveExperiment(name);
    expect(resolved).toMatchObject(plain);
    const { defaults } = architectures.cnn;
    const own = Object.entries(modelOptions ?? {}).filter(([key]) => key in defaults); // the rest is for other models
    expect(resolved.modelOptions).toEqual({ ...defaults, ...Object.fromEntries(own) });
  });

  test('the command line is stronger than the preset, --set than the command line, and the last --set wins', () => {
    const wishes = { epochs: 7, seed: 3, protocol: undefined };
    const experiment = resolveExperiment('demo', wishes, ['seed=4', 'seed=5', 'protocol=paper', 'minutes=0.5']);
    expect(experiment).toMatchObject({
      epochs: 7,
      seed: 5,
      protocol: 'paper',
      minutes: 0.5,
      features: 'demo',
      copies: 1,
    });
    expect(resolveExperiment('demo', wishes).protocol).toBe('speaker-independent');
  });

  test("--set model.KEY reaches the model's options and leaves the others", () => {
    const { modelOptions } = resolveExperiment('demo', {}, ['model.denseUnits=32', 'model.filters=[4, 4, 8, 8]']);
    expect(modelOptions).toEqual({
      ...architectures.cnn.defaults,
      ...presets.demo.modelOptions,
      denseUnits: 32,
      filters: [4, 4, 8, 8],
    });
  });

  test('a preset’s options of another model are left out, and refused where they are wished for', () => {
    const { modelOptions } = resolveExperiment('demo', { model: 'cnn-lstm' });
    expect(modelOptions).toEqual({
      ...architectures['cnn-lstm'].defaults,
      filters: presets.demo.modelOptions?.filters,
      pools: presets.demo.modelOptions?.pools,
      dropouts: presets.demo.modelOptions?.dropouts,
    });
    expect(() => resolveExperiment('demo', { model: 'cnn-lstm' }, ['model.denseDropout=0.2'])).toThrow(
      'model.denseDropout: cnn-lstm has no such option',
    );
  });

  test('what is resolved is no part of the preset: changing one leaves the next as it was', () => {
    const first = resolveExperiment('demo', {}, ['model.denseUnits=1']);
    expect(resolveExperiment('demo').modelOptions.denseUnits).toBe(64);
    expect(first.modelOptions.denseUnits).toBe(1);
  });
});

describe('what is wrong is said in one line', () => {
  const settings = 'model, modelOptions, features, protocol, fold, seed, copies, validationSpeakers, epochs, minutes';

  test.each([
    ['speed=3', RangeError, `no setting is named speed (there are: ${settings}, batchSize, learningRate, schedule`],
    ['model.units=3', RangeError, 'model.units: cnn has no such option (it has: filters, pools,'],
    ['model.toString=3', RangeError, 'model.toString: cnn has no such option'],
    ['model.filters=3', RangeError, 'model.filters: must be a list of numbers'],
    ['model.denseUnits=[3]', RangeError, 'model.denseUnits: must be a number'],
    ['model.denseUnits=many', RangeError, 'model.denseUnits: must be a number'],
    ['modelOptions={"denseUnits":5}', RangeError, 'modelOptions: is set one option at a time, by model.KEY=VALUE'],
    ['epochs=many', RangeError, 'epochs: '],
    ['epochs=1.5', RangeError, 'epochs: '],
    ['epochs=0', RangeError, 'epochs: '],
    ['batchSize=1', RangeError, 'batchSize: '],
    ['learningRate=-1', RangeError, 'learningRate: '],
    ['schedule=step', RangeError, 'schedule: '],
    ['ema=1', RangeError, 'ema: '],
    ['clipNorm=0', RangeError, 'clipNorm: '],
    ['mixupShare=2', RangeError, 'mixupShare: '],
    ['freeze=some', RangeError, 'freeze: '],
    ['deterministic=1', RangeError, 'deterministic: '],
    ['protocol=leaky', RangeError, 'speaker-independent'],
    ['features=mel', RangeError, 'paper-16k'],
    ['model=cmm', RangeError, 'no model is named "cmm" (there are: cnn'],
    ['epochs', SyntaxError, '--set epochs: must be KEY=VALUE'],
    ['=3', SyntaxError, '--set =3: must be KEY=VALUE'],
  ])('--set %s', (setting, kind, message) => {
    const error = errorOf(() => resolveExperiment('paper-16k', {}, [setting]));
    expect(error).toBeInstanceOf(kind);
    expect(error.message).toContain(message);
  });

  test('a preset may be a JSON file, whose keys are checked as any', () => {
    const folder = mkdtempSync(join(tmpdir(), 'serkit-preset-'));
    const file = (name: string, text: string) => {
      writeFileSync(join(folder, name), text);
      return join(folder, name);
    };
    const own = file('own.json', '{ "epochs": 7, "modelOptions": { "lstmUnits": 9, "filters": [1, 2, 3, 4] } }');
    // Options of another model are left out, as of a preset with a name.
    expect(resolveExperiment(own)).toMatchObject({
      epochs: 7,
      modelOptions: { filters: [1, 2, 3, 4], denseUnits: 64 },
    });
    expect(resolveExperiment(own, { model: 'cnn-lstm' }).modelOptions).toMatchObject({ lstmUnits: 9 });
    expect(() => resolveExperiment(file('a.json', '{ "epoks": 7 }'))).toThrow(/^no setting is named epoks /);
    expect(() => resolveExperiment(file('b.json', '[1]'))).toThrow(/b\.json: is no JSON object; supported: /);
    expect(() => resolveExperiment(file('c.json', '{'))).toThrow(SyntaxError);
    expect(() => resolveExperiment(join(folder, 'd.json'))).toThrow(/d\.json: can't be read \(ENOENT\)/);
    rmSync(folder, { recursive: true });
  });

  test.each(['papre', 'toString', ''])('the preset "%s" is not there', (name) => {
    expect(errorOf(() => resolveExperiment(name))).toEqual(
      new RangeError(`no preset is named "${name}" (there are: ${presetNames.join(', ')}, and a .json file's path)`),
    );
  });
});

describe('under the paper protocol the test side is watched, so', () => {
  test.each(['patience=5', 'schedule=plateau'])('%s is refused: it would decide by it', (setting) => {
    const error = errorOf(() => resolveExperiment('demo', { protocol: 'paper' }, [setting]));
    expect(error).toBeInstanceOf(RangeError);
    expect(error.message).toContain(`${setting.split('=')[0]}`);
    expect(error.message).toContain('supported: the speaker-independent protocol');
    expect(resolveExperiment('demo', {}, [setting])).toBeDefined();
  });
});

describe('settings that may not change', () => {
  const was = resolveExperiment('demo');
  const keys = ['modelOptions', 'learningRate'] as const;

  test('are named with both values where they do', () => {
    const faster = resolveExperiment(was, {}, ['learningRate=1']);
    expect(errorOf(() => assertUnchanged(was, faster, keys, 'RUN'))).toEqual(
      new RangeError("learningRate: is 0.003 in RUN, not 1; it can't be changed"),
    );
    const wider = resolveExperiment(was, {}, ['model.denseUnits=3']);
    expect(errorOf(() => assertUnchanged(was, wider, keys, 'RUN')).message).toContain('model.denseUnits: is 64 in RUN');
  });

  test('are those that were listed, by their values', () => {
    expect(() => assertUnchanged(was, resolveExperiment(was, { epochs: 3 }), keys, 'RUN')).not.toThrow();
    expect(() => assertUnchanged(was, structuredClone(was), keys, 'RUN')).not.toThrow();
  });
});
