import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { randomNormal } from 'd3-random';
import seedrandom from 'seedrandom';
import { toLittleEndian } from '../../pipeline/extraction/feature-files.js';
import { type FeatureShape, fitNormalisation, normalise } from '../../pipeline/features/index.js';
import type { Dataset } from '../../pipeline/training/dataset.js';
import type { FileDataset } from '../../pipeline/training/file-dataset.js';

const featureShape: FeatureShape = [2, 3, 5];
const labels = ['low', 'middle', 'high'];

/** The same examples twice: in cache files of a folder, a file a chunk, and normalised in memory. */
export function examplesInFiles(folder: string, examples: number): { inFiles: FileDataset; inMemory: Dataset } {
  const normal = randomNormal.source(seedrandom.alea('examples in files'))(2, 3);
  const raw = Array.from({ length: examples }, () => Float32Array.from({ length: 30 }, normal));
  const files = raw.map((values, example) =>
    [0, 1].map((chunk) => {
      const path = join(folder, `example${example}-chunk${chunk}.f32`);
      writeFileSync(path, toLittleEndian(values.subarray(15 * chunk, 15 * (chunk + 1))));
      return path;
    }),
  );
  const normalisation = fitNormalisation(raw, featureShape);
  const both = { shape: [2, 3, 5, 1], truth: Int32Array.from(raw, (_, i) => i % labels.length), labels };
  return {
    inFiles: { ...both, files, featureShape, normalisation },
    inMemory: { ...both, features: raw.map((values) => normalise(values, featureShape, normalisation)) },
  };
}
