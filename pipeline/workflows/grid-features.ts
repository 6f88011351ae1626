import type { Corpus } from '../datasets/index.js';
import type { Cell } from '../experiments/grid/plan.js';
import { type ExtractOptions, extractFiles } from './prepare-examples.js';
import { specOf } from './train-run.js';

/**
 * Extracts what cells are trained on into the cache, once and on all cores: the cells, each on a core of its own, then find
 * it there.
 *
 * @param corpora the labelled one, and those that autoencoders get besides
 */
export async function extractForCells(
  cells: readonly Cell[],
  corpora: { data: Corpus; unlabelled: readonly Corpus[] },
  options: Omit<ExtractOptions, 'seed'>,
): Promise<void> {
  const done = new Set<string>();
  for (const { experiment, kind } of cells) {
    const spec = specOf(experiment);
    const seen = kind === 'autoencoder' ? [corpora.data, ...corpora.unlabelled] : [corpora.data];
    for (const [i, corpus] of seen.entries()) {
      const noisy = corpus === corpora.data ? experiment.copies : 0;
      const key = JSON.stringify([i, spec, experiment.seed, noisy]);
      if (done.has(key)) continue;
      done.add(key);
      const copies = Array.from({ length: noisy + 1 }, (_, copy) => copy);
      const examples = corpus.clips.flatMap((clip) => copies.map((copy) => ({ clip, copy })));
      await extractFiles(examples, spec, { ...options, seed: experiment.seed });
    }
  }
}
