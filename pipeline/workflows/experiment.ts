import type { Experiment, Preset } from '../experiments/config.js';
import { readRunConfig } from '../experiments/run-folder.js';

export { type Experiment, type Preset, resolveExperiment } from '../experiments/config.js';

/** The model, its options and its features are the run's that is fine-tuned; all else is decided anew. */
export async function modelOf(run: string): Promise<Pick<Preset, 'model' | 'modelOptions' | 'features'>> {
  const { model, modelOptions, features } = (await readRunConfig(run)).experiment;
  return { model, modelOptions, features };
}

/** What a run that is resumed was, and with which preset's name. */
export async function experimentOf(run: string): Promise<{ experiment: Experiment; preset: string }> {
  const { experiment, preset } = await readRunConfig(run);
  return { experiment, preset };
}
