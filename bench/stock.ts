import * as tf from '@tensorflow/tfjs-core';
import { type LayersModel, layers, type Sequential, sequential } from '@tensorflow/tfjs-layers';
import { openBackend } from '../pipeline/training/backends/index.js';
import { featureTensor, labelTensor } from '../pipeline/training/dataset.js';
import { networks } from './networks.js';
import { ripples } from './ripples.js';
import type { MeasuredSteps, Trainer } from './trainer.js';

type Wrap = (layer: layers.Layer) => layers.Layer;

const filters = [64, 64, 128, 128];
const pools = [2, 4, 4, 4];
const dropouts = [0.3, 0.3, 0.4, 0.4];

/** The networks of the bench as a user of TensorFlow.js writes them, from the layers that it ships. */
export const stockNetworks: Readonly<Record<string, () => LayersModel>> = {
  /** Table 4 of the report; see `models/cnn.ts`. */
  cnn() {
    const model = sequential();
    addBlocks(model, [60, 216, 1], (layer) => layer);
    model.add(layers.flatten());
    model.add(layers.dense({ units: 64 }));
    model.add(layers.dropout({ rate: 0.5 }));
    model.add(layers.batchNormalization());
    model.add(layers.activation({ activation: 'relu' }));
    model.add(layers.dropout({ rate: 0.5 }));
    model.add(layers.dense({ units: 8, activation: 'softmax' }));
    return model;
  },
  /** The same blocks on each of two chunks, then an LSTM over the chunks. */
  'cnn-lstm'() {
    const model = sequential();
    addBlocks(model, [2, 60, 216, 1], (layer) => layers.timeDistributed({ layer }));
    model.add(layers.timeDistributed({ layer: layers.flatten() }));
    // Not the default initializer, orthogonal, which takes a minute for this size: the steps are the same.
    model.add(layers.lstm({ units: 256, recurrentActivation: 'sigmoid', recurrentInitializer: 'glorotUniform' }));
    model.add(layers.dense({ units: 8, activation: 'softmax' }));
    return model;
  },
};

function addBlocks(model: Sequential, inputShape: number[], wrap: Wrap): void {
  model.add(layers.inputLayer({ inputShape }));
  filters.forEach((count, i) => {
    model.add(wrap(layers.conv2d({ filters: count, kernelSize: 3, padding: 'same' })));
    model.add(wrap(layers.batchNormalization()));
    model.add(wrap(layers.activation({ activation: 'elu' })));
    model.add(wrap(layers.maxPooling2d({ poolSize: pools[i], strides: pools[i], padding: 'same' })));
    model.add(wrap(layers.dropout({ rate: dropouts[i] })));
  });
}

/** Stock TensorFlow.js: the same native TensorFlow, its own layers, `compile` and `trainOnBatch`. */
export async function openStock(model: string, batch: number): Promise<Trainer> {
  const { device } = await openBackend('tensorflow');
  const { shape, labels, learningRate } = networks[model];
  const network = stockNetworks[model]();
  network.compile({
    optimizer: tf.train.adam(learningRate),
    loss: 'categoricalCrossentropy',
    metrics: ['accuracy'],
  });
  const data = ripples(shape, labels, batch);
  const indices = Int32Array.from({ length: batch }, (_, i) => i);
  const step = async () => {
    const x = featureTensor(data, indices);
    const y = labelTensor(data, indices);
    const [loss] = (await network.trainOnBatch(x, y)) as number[];
    tf.dispose([x, y]);
    return loss;
  };
  return {
    parameters: network.countParams(),
    device: device.name,
    versions: { tfjs: tf.version_core },
    async run(steps) {
      const measured: MeasuredSteps = { milliseconds: [], losses: [] };
      await step();
      for (let i = 0; i < steps; i++) {
        const started = performance.now();
        measured.losses.push(await step());
        measured.milliseconds.push(performance.now() - started);
      }
      return measured;
    },
  };
}
