import { assertUnchanged, type Experiment, experimentSchema } from '../experiments/config.js';
import {
  hasScores,
  type RunConfig,
  type RunScores,
  readRunConfig,
  readRunScores,
  removeScores,
  writeRunConfig,
} from '../experiments/run-folder.js';
import type { BackendName } from '../training/backends/backend.js';
import { readNewestCheckpoint } from '../training/checkpoint.js';
import { labelsOf, openSource } from './fine-tuning.js';
import { fingerprintOf, openData } from './open-data.js';
import { prepareTraining } from './prepare-training.js';
import type { Reporter } from './reporter.js';
import { checkpointFolder, runTraining } from './run-training.js';
import { beginWith, beginWithEncoder, buildModel, openTrainingBackend } from './train-run.js';
import { reopenUnlabelled } from './unlabelled.js';

export interface ResumeRunOptions {
  folder: string;
  /** Where the data lie now; the place that the run knows where undefined. */
  data?: string;
  /** The run's own, with `epochs` and `minutes` raised where more is wanted, and another `learningRate` after a NaN. */
  experiment: Experiment;
  /** The run's own where undefined. */
  backend?: BackendName | 'auto';
  cache: string;
  skipBad: boolean;
  reporter: Reporter;
  signal?: AbortSignal;
}

/**
 * Goes on with a run where its newest whole checkpoint is, at the very step. It ends as if it had never stopped, to the
 * bit where the backend computes the same bits.
 *
 * @throws Error where the data, the features or the settings are not those of the run, naming the difference
 */
export async function resumeRun(options: ResumeRunOptions): Promise<RunScores> {
  const { folder, experiment, reporter, signal } = options;
  const was = await readRunConfig(folder);
  assertResumable(was, experiment, folder);
  const { checkpoint, name, damaged } = await readNewestCheckpoint(checkpointFolder(folder));
  for (const reason of damaged) reporter.line(`not ${reason}`);
  const raised = experiment.epochs !== was.experiment.epochs || experiment.minutes !== was.experiment.minutes;
  if (hasScores(folder) && !raised) {
    reporter.line(`${folder}: came to its end already; --epochs or --minutes raised would go on`);
    return readRunScores(folder);
  }
  const data = options.data ?? was.data;
  if (data === undefined) throw new Error(`${folder}: does not say where its data are; give --data`);
  const corpus = await openData(data, options.skipBad, reporter);
  if (corpus.name !== was.corpus.name || fingerprintOf(corpus) !== was.corpus.fingerprint)
    throw new Error(
      `${folder}: was trained on ${was.corpus.name} of ${was.corpus.clips} clips, fingerprint ${short(was.corpus.fingerprint)}; ` +
        `${data} is ${corpus.name} of ${corpus.clips.length}, ${short(fingerprintOf(corpus))}`,
    );
  const { featureSpec: spec, normalisation } = was;
  const unlabelled = await reopenUnlabelled(was, options.skipBad, reporter);
  const { labels } = was.corpus;
  const prepared = await prepareTraining(corpus, { ...options, spec, labels, normalisation, unlabelled });

  const { name: backend } = await openTrainingBackend(backendOf(options, was), experiment, reporter);
  if (backend !== was.backend)
    reporter.line(
      `the run was begun on ${was.backend}: on ${backend} its bits will differ from those of one never stopped`,
    );
  const { epochs, steps } = checkpoint?.progress ?? { epochs: 0, steps: 0 };
  const resumed = [...was.resumed, { at: new Date().toISOString(), backend, epochs, steps }];
  const config = { ...was, experiment, data, resumed };
  const model = buildModel(config);
  if (checkpoint) reporter.line(`goes on from ${name}`);
  else if (was.from ?? was.encoder) await beginAgainWith(was, model, reporter);
  else reporter.line('there is no checkpoint yet: begins anew');
  if (raised && experiment.schedule !== 'constant' && experiment.schedule !== 'plateau')
    reporter.line(`${experiment.schedule} is stretched over ${experiment.epochs} epochs from here on`);
  if (experiment.learningRate !== was.experiment.learningRate)
    reporter.line(`learningRate is ${experiment.learningRate} from here on, it was ${was.experiment.learningRate}`);
  await removeScores(folder);
  await writeRunConfig(folder, config);
  return runTraining({ folder, config, prepared, model, resume: checkpoint, reporter, signal });
}

function assertResumable(was: RunConfig, experiment: Experiment, folder: string): void {
  const raisable = ['epochs', 'minutes'] as const;
  const changeable: readonly string[] = [...raisable, 'learningRate'];
  const keys = (Object.keys(experimentSchema.shape) as (keyof Experiment)[]).filter((key) => !changeable.includes(key));
  assertUnchanged(was.experiment, experiment, keys, folder);
  for (const key of raisable) {
    const [before, now] = [
      was.experiment[key] ?? Number.POSITIVE_INFINITY,
      experiment[key] ?? Number.POSITIVE_INFINITY,
    ];
    if (now < before) throw new RangeError(`${key}: may be raised from ${before} in ${folder}, not lowered to ${now}`);
  }
}

const backendOf = ({ backend = 'auto' }: ResumeRunOptions, was: RunConfig): BackendName =>
  backend === 'auto' ? (was.backend as BackendName) : backend;

/** A run that was stopped before its first checkpoint, and had begun with the weights of another. */
async function beginAgainWith(
  config: RunConfig,
  model: ReturnType<typeof buildModel>,
  reporter: Reporter,
): Promise<void> {
  const { run, weights } = (config.from ?? config.encoder)!;
  const source = await openSource(run);
  if (source.from.weights !== weights) throw new Error(`${run}: has other weights than when it was begun with`);
  if (config.from) beginWith(model, source, labelsOf(source, config.corpus.labels).same, config, reporter);
  else beginWithEncoder(model, source, config, reporter);
}

const short = (hash: string): string => hash.slice(0, 12);
