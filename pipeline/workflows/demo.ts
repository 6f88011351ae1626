import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { openCorpus } from '../datasets/index.js';
import { resolveExperiment } from '../experiments/config.js';
import type { RunScores } from '../experiments/run-folder.js';
import type { BackendName } from '../training/backends/backend.js';
import { exportRun } from './export-run.js';
import { type ParityResult, parity } from './parity.js';
import type { Reporter } from './reporter.js';
import { trainRun } from './train-run.js';

export interface DemoOptions {
  /** Where `demo.onnx` and the run folder are left. */
  folder: string;
  cache: string;
  backend: BackendName | 'auto';
  reporter: Reporter;
  signal?: AbortSignal;
}

export interface DemoResult {
  scores: RunScores;
  /** UAR of guessing: 1 / labels. */
  chance: number;
  parity: ParityResult;
  file: string;
  run: string;
}

/**
 * The whole loop on what ships with the package: synthetic speech → features → training on some speakers → a score on
 * speakers never heard → one `.onnx` file → onnxruntime → parity. A former demo in the same folder is replaced when the
 * new one is whole.
 */
export async function demo({ folder, cache, backend, reporter, signal }: DemoOptions): Promise<DemoResult> {
  const data = 'synthetic';
  const { labels } = await openCorpus(data);
  await mkdir(folder, { recursive: true });
  const scratch = await mkdtemp(join(folder, '.new-'));
  const common = { data, cache, backend, skipBad: false, reporter, signal };
  try {
    const made = { run: join(scratch, 'run'), file: join(scratch, 'demo.onnx') };
    const scores = await trainRun({
      ...common,
      experiment: resolveExperiment('demo'),
      preset: 'demo',
      folder: made.run,
    });
    await exportRun(made.run, made.file);
    const result = await parity({ ...common, model: made.run, file: made.file });
    const kept = { run: join(folder, 'run'), file: join(folder, 'demo.onnx') };
    await rm(kept.run, { recursive: true, force: true });
    await rename(made.run, kept.run);
    await rename(made.file, kept.file);
    return { scores, chance: 1 / labels.length, parity: result, ...kept };
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}
