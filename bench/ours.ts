import { version_core } from '@tensorflow/tfjs-core';
import { architectureNamed } from '../models/index.js';
import type { BackendName } from '../pipeline/training/backends/backend.js';
import { openBackend } from '../pipeline/training/backends/index.js';
import { train } from '../pipeline/training/train.js';
import { deviceOf } from './device.js';
import { networks } from './networks.js';
import { ripples } from './ripples.js';
import type { MeasuredSteps, Trainer } from './trainer.js';

/** Ours can also tell when each step ends, the uncounted first (1) included. */
export interface OurTrainer extends Trainer {
  run(steps: number, onStep?: (step: number) => void): Promise<MeasuredSteps>;
}

/**
 * One of our models on one of our backends, trained by the engine that users' runs go through.
 *
 * @param batch examples a step
 * @throws Error where the backend does not work here
 */
export async function openOurs(backend: BackendName, model: string, batch: number): Promise<OurTrainer> {
  await openBackend(backend);
  const { shape, labels, learningRate } = networks[model];
  const architecture = architectureNamed(model);
  const network = architecture.build({ shape, labels, seed: 1 }, architecture.defaults);
  const watched = ripples(shape, labels, 2);
  return {
    parameters: network.countParams(),
    device: await deviceOf(backend),
    versions: { tfjs: version_core },
    async run(steps, onStep) {
      const data = ripples(shape, labels, (steps + 1) * batch);
      const measured: MeasuredSteps = { milliseconds: [], losses: [] };
      let last = 0;
      await train(network, data, watched, {
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
