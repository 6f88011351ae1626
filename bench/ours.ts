import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { version_core } from '@tensorflow/tfjs-core';
import { architectureNamed } from '../models/index.js';
import type { BackendName } from '../pipeline/training/backends/backend.js';
import { openBackend } from '../pipeline/training/backends/index.js';
import { batchesFromFiles } from '../pipeline/training/batches/batches-from-files.js';
import type { FileDataset } from '../pipeline/training/file-dataset.js';
import { train } from '../pipeline/training/train.js';
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
  const { device } = await openBackend(backend);
  if (device.kind === 'software gpu')
    throw new Error(`a software adapter (${device.name}) computes right and too slowly to be measured`);
  const { shape, labels, learningRate } = networks[model];
  const architecture = architectureNamed(model);
  const network = architecture.build({ shape, labels, seed: 1 }, architecture.defaults);
  const watched = ripples(shape, labels, 2);
  return {
    parameters: network.countParams(),
    device: device.name,
    versions: { tfjs: version_core },
    async run(steps, onStep) {
      const folder = await mkdtemp(join(tmpdir(), 'serkit-bench-'));
      const source = await batchesFromFiles(await ripplesInFiles(shape, labels, (steps + 1) * batch, folder), {
        batchSize: batch,
        seed: 1,
      });
      const measured: MeasuredSteps = { milliseconds: [], losses: [], waitedMilliseconds: 0 };
      let last = 0;
      let waitedBefore = 0;
      try {
        await train(network, source, watched, {
          epochs: 1,
          learningRate,
          seed: 1,
          onStep({ step, loss }) {
            const now = performance.now();
            if (step === 1) waitedBefore = source.waitedSeconds();
            else {
              measured.milliseconds.push(now - last);
              measured.losses.push(loss);
            }
            measured.waitedMilliseconds = 1000 * (source.waitedSeconds() - waitedBefore);
            last = now;
            onStep?.(step);
          },
        });
      } finally {
        await source.close();
        await rm(folder, { recursive: true });
      }
      return measured;
    },
  };
}

/** `ripples` as a training run finds its features: in files, one a chunk, to be normalised. */
async function ripplesInFiles(
  shape: readonly [number, number, number],
  labels: number,
  examples: number,
  folder: string,
): Promise<FileDataset> {
  const [chunks, bands, frames] = shape;
  const { features, truth, labels: names, shape: modelShape } = ripples(shape, labels, examples);
  const chunkSize = bands * frames;
  const pathOf = (label: number, chunk: number) => join(folder, `${label}-${chunk}.f32`);
  for (let label = 0; label < Math.min(labels, examples); label++)
    for (let chunk = 0; chunk < chunks; chunk++)
      await writeFile(pathOf(label, chunk), features[label].subarray(chunk * chunkSize, (chunk + 1) * chunkSize));
  return {
    shape: modelShape,
    labels: names,
    truth,
    files: Array.from(truth, (label) => Array.from({ length: chunks }, (_, chunk) => pathOf(label, chunk))),
    featureShape: shape,
    normalisation: { kind: 'per-band', mean: Array(bands).fill(0), deviation: Array(bands).fill(1) },
  };
}
