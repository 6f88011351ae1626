import { expect, test } from '@jest/globals';
import * as tf from '@tensorflow/tfjs-core';
import * as tl from '@tensorflow/tfjs-layers';
import { artifactsFrom, type CustomConverters, toOnnx } from '../../onnx/index.js';
import { artifactsOf, randomInputs, randomiseWeights, runOnnx, runTfjs } from './exported.js';

/** x · gain · factor, a weight for each channel. */
class Gain extends tl.layers.Layer {
  static className = 'Gain';
  readonly factor: number;
  gain?: ReturnType<tl.layers.Layer['addWeight']>;

  constructor(config: { factor: number; name?: string }) {
    super(config);
    this.factor = config.factor;
  }

  override build(shape: tl.Shape): void {
    this.gain = this.addWeight('gain', [shape.at(-1)!], 'float32', tl.initializers.ones());
    super.build(shape);
  }

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    return tf.mul([inputs].flat()[0], tf.mul(this.gain!.read(), this.factor));
  }

  override getConfig(): tf.serialization.ConfigDict {
    return { ...super.getConfig(), factor: this.factor };
  }
}
tf.serialization.registerClass(Gain);

const converters: CustomConverters = {
  Gain: (layer) => {
    const { input, config } = layer;
    const gain = layer.constant('gain', () => layer.weight('gain', [input.shape.at(-1) as number]));
    const scaled = layer.add('Mul', [gain, layer.scalar('factor', config.number('factor'))], gain.shape);
    return layer.add('Mul', [input, scaled], input.shape);
  },
};

function model(): tl.LayersModel {
  const gained = tl.sequential({
    layers: [
      tl.layers.dense({ units: 4, inputShape: [5, 3], name: 'd' }),
      new Gain({ factor: 3, name: 'g' }),
      tl.layers.timeDistributed({ layer: new Gain({ factor: 0.5, name: 'inner' }), name: 'td' }),
    ],
  });
  randomiseWeights(gained, 'gain');
  return gained;
}

test('a layer of one’s own is exported by its converter, inside a wrapper too', async () => {
  const gained = model();
  const inputs = randomInputs(gained, 2, 'gain');
  const [actual] = await runOnnx(toOnnx(await artifactsOf(gained), { converters }), inputs);
  expect(actual.values).toBeAllClose(runTfjs(gained, inputs)[0].values, { absolute: 2e-6 });
  await expect(artifactsOf(gained).then((artifacts) => toOnnx(artifacts))).rejects.toThrow(
    'layer "g" (Gain): this class is not known; give its converter (option converters)',
  );
});

test('a model in the program gives the file of the saved one', async () => {
  const gained = model();
  const saved = toOnnx(await artifactsOf(gained), { converters });
  expect(Buffer.from(toOnnx(gained, { converters })).equals(Buffer.from(saved))).toBe(true);
  expect(artifactsFrom(gained).weightSpecs!.map(({ name }) => name)).toEqual([
    'd/kernel',
    'd/bias',
    'g/gain',
    'td/gain',
  ]);
});

test('a converter of one’s own comes before ours; masks end at it, for nobody knows what it does with them', () => {
  const masked = tl.sequential({
    layers: [
      tl.layers.masking({ inputShape: [5, 3] }),
      new Gain({ factor: 3, name: 'g' }),
      tl.layers.lstm({ name: 'l', units: 2, recurrentInitializer: 'zeros' }),
    ],
  });
  expect(() => toOnnx(masked, { converters })).toThrow(
    'layer "l" (LSTM): a mask (whether layer "g" (Gain) passes it on is not known) is not supported',
  );
  const twice = tl.sequential({ layers: [tl.layers.dense({ units: 2, inputShape: [3] })] });
  const ours: CustomConverters = { Dense: ({ input }) => input };
  expect(toOnnx(twice, { converters: ours }).length).toBeLessThan(toOnnx(twice).length);
});
