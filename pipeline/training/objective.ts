import * as tf from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { type ExampleSet, featureTensor } from './dataset.js';
import { accuracyOf, crossEntropy } from './loss.js';
import { score } from './metrics.js';
import { predictDataset } from './predict.js';

/** Figures of examples that are watched or tested. */
export interface Watched {
  /** Mean cross-entropy in nats, or mean squared error. */
  loss: number;
  /** Of a recogniser. */
  accuracy?: number;
  uar?: number;
}

/** What a model is trained for. */
export interface Objective {
  /** @param targets (examples, labels), rows that sum to 1 */
  ofBatch(
    output: tf.Tensor,
    batch: { features: tf.Tensor; targets: tf.Tensor2D },
    classWeights?: readonly number[],
  ): { loss: tf.Scalar; accuracy?: tf.Scalar };
  ofExamples(model: LayersModel, examples: ExampleSet): Promise<Watched>;
  /** By which the best epoch is chosen: the more the better. */
  merit(watched: Watched): number;
}

/** To tell labels apart: cross-entropy; the best epoch has the best UAR. */
const recognition: Objective = {
  ofBatch: (output, { targets }, classWeights) => ({
    loss: crossEntropy(output as tf.Tensor2D, targets, classWeights),
    accuracy: accuracyOf(output as tf.Tensor2D, targets),
  }),
  async ofExamples(model, examples) {
    const { loss, accuracy, uar } = score(await predictDataset(model, examples), examples.truth, examples.labels);
    return { loss, accuracy, uar };
  },
  merit: ({ uar }) => uar!,
};

/** To give the features back: mean squared error; the best epoch has the lowest. */
const reconstruction: Objective = {
  ofBatch: (output, { features }) => ({ loss: tf.losses.meanSquaredError(features, output) as tf.Scalar }),
  ofExamples: async (model, examples) => ({ loss: await reconstructionError(model, examples) }),
  merit: ({ loss }) => -loss,
};

export const objectives = { recognition, reconstruction } satisfies Record<string, Objective>;

/** Mean squared error of all numbers of all examples; one batch is held at a time. */
async function reconstructionError(model: LayersModel, examples: ExampleSet, batchSize = 64): Promise<number> {
  const { length } = examples.features;
  let sum = 0;
  for (let start = 0; start < length; start += batchSize) {
    const indices = Array.from({ length: Math.min(batchSize, length - start) }, (_, i) => start + i);
    const error = tf.tidy(() => {
      const features = featureTensor(examples, indices);
      return tf.losses.meanSquaredError(features, model.predict(features) as tf.Tensor) as tf.Scalar;
    });
    sum += (await error.data())[0] * indices.length;
    error.dispose();
  }
  return sum / length;
}
