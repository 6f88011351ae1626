import { randomNormal } from 'd3-random';
import seedrandom from 'seedrandom';
import { architectureNamed } from '../models/index.js';
import type { BackendName } from '../pipeline/training/backends/backend.js';
import { openBackend } from '../pipeline/training/backends/index.js';
import { type Dataset, modelShape } from '../pipeline/training/dataset.js';
import { train } from '../pipeline/training/train.js';
import { networks } from './networks.js';

/** One of our models on one of our backends, ready to be trained for some steps. */
export interface OurTrainer {
  parameters: number;
  /**
   * Trains for `steps` steps, after one that is not counted (it makes the optimizer's state and the first batch).
   *
   * @param onStep called after each of the steps + 1, at its end
   * @returns milliseconds and loss of each counted step
   */
  run(steps: number, onStep?: (step: number) => void): Promise<MeasuredSteps>;
}

export interface MeasuredSteps {
  milliseconds: number[];
  losses: number[];
}

/** Opens a backend and builds a model for `batch` examples a step of `networks`. @throws Error where either can't be */
export async function openOurs(backend: BackendName, model: string, batch: number): Promise<OurTrainer> {
  await openBackend(backend);
  const { shape, labels, learningRate } = networks[model];
  const architecture = architectureNamed(model);
  const network = architecture.build({ shape, labels, seed: 1 }, architecture.defaults);
  const watched = noise(shape, labels, 2);
  return {
    parameters: network.countParams(),
    async run(steps, onStep) {
      const measured: MeasuredSteps = { milliseconds: [], losses: [] };
      let last = 0;
      await train(network, noise(shape, labels, (steps + 1) * batch), watched, {
        epochs: 1,
        batchSize: batch,
        learningRate,
        seed: 1,
        onStep({ step, loss }) {
          const now = performance.now();
          if (step > 1) {
            measured.milliseconds.push(now - last);
            measured.losses.push(loss);
          }
          last = now;
          onStep?.(step);
        },
      });
      return measured;
    },
  };
}

/** Standard normal features, each example with a label of its own choice: what can be learnt by heart alone. */
export function noise(shape: readonly [number, number, number], labels: number, examples: number): Dataset {
  const size = shape.reduce((a, b) => a * b, 1);
  const values = Float32Array.from({ length: size * 8 }, randomNormal.source(seedrandom.alea('bench/features'))());
  const truth = Int32Array.from({ length: examples }, (_, i) => i % labels);
  const features = Array.from(truth, (_, i) => values.subarray((i % 8) * size, ((i % 8) + 1) * size));
  return { shape: modelShape(shape), features, truth, labels: Array.from({ length: labels }, (_, i) => `label${i}`) };
}
