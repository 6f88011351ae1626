import { z } from 'zod';
import { architectureNamed } from '../../models/index.js';
import { protocols } from '../datasets/split.js';
import { type FeaturePreset, featurePresets } from '../features/index.js';
import { schedules } from '../training/schedule.js';
import { presetNamed } from './presets/index.js';

/**
 * Everything about a training run that a person can decide. Presets and `--set KEY=VALUE` override these defaults, which
 * are the report's where the report says; an unknown key is an error.
 */
export const experimentSchema = z.strictObject({
  model: z.string().default('cnn'),
  /** The architecture's own options, under `model.KEY` in `--set`. */
  modelOptions: z.record(z.string(), z.union([z.number(), z.string(), z.array(z.number())])).default({}),
  /** A feature preset's name. */
  features: z.enum(Object.keys(featurePresets) as [FeaturePreset, ...FeaturePreset[]]).default('paper-16k'),
  protocol: z.enum(protocols).default('speaker-independent'),
  /** Which fold's speakers are tested; without meaning under `paper`. */
  fold: z.number().int().min(0).default(0),
  seed: z.number().int().min(0).default(1),
  /** Noisy copies of each training clip: the report makes two (1440 → 4320). */
  copies: z.number().int().min(0).max(20).default(2),
  /** Speakers of the training side that training is watched on, and the best epoch chosen by. */
  validationSpeakers: z.number().int().min(1).default(2),
  epochs: z.number().int().min(1).default(100),
  /** No epoch is begun that could not be ended in so many minutes of training. */
  minutes: z.number().positive().optional(),
  /** The report gives none for its classifiers. */
  batchSize: z.number().int().min(2).default(32),
  /** Adam's; the top of `one-cycle`, the start of `cosine` and `plateau`. */
  learningRate: z.number().positive().default(1e-3),
  /** How the learning rate goes over the epochs. */
  schedule: z.enum(schedules).default('constant'),
  /** `plateau` multiplies the rate by this after so many epochs without a lower watched loss. */
  plateauFactor: z.number().gt(0).lt(1).default(0.5),
  plateauPatience: z.number().int().min(1).default(5),
  /** Early stopping: epochs without a better UAR on the validation speakers after which training ends. */
  patience: z.number().int().min(1).optional(),
  /** The whole gradient is scaled down to this norm where it is longer. */
  clipNorm: z.number().positive().optional(),
  /** AdamW's, of kernels alone; multiplied by the learning rate. */
  weightDecay: z.number().min(0).default(0),
  /** How much of the weights' moving average each update keeps, such as 0.997; it is then what is watched and kept. 0: none. */
  ema: z.number().min(0).lt(1).default(0),
  /** Share of each target that is spread over all labels. */
  labelSmoothing: z.number().min(0).lt(1).default(0),
  /** `balanced`: each label counts alike in the loss, however many examples it has. */
  classWeights: z.enum(['none', 'balanced']).default('none'),
  /** Beta(α, α) of mixup, such as 0.3; 0: none. */
  mixup: z.number().min(0).default(0),
  /** Share of the batches that are mixed. */
  mixupShare: z.number().min(0).max(1).default(1),
  /** What a fine-tuned model keeps of the run that it came from: nothing, all but its head, or its first blocks. */
  freeze: z.union([z.enum(['none', 'all-but-head']), z.number().int().min(1)]).default('none'),
  /** The same bits run after run on TensorFlow too, at a cost in speed. */
  deterministic: z.boolean().default(false),
});

export type Experiment = z.infer<typeof experimentSchema>;

/** A preset: a short file of overrides. */
export type Preset = Partial<z.input<typeof experimentSchema>>;

/**
 * Defaults, then the preset, then what the command line says, then `--set`.
 *
 * @param preset a preset's name, or overrides to begin with, such as another run's experiment
 * @param settings `key=value` lines; `model.KEY=VALUE` reaches the architecture's options; values are read as JSON
 * @throws RangeError that names an unknown key or a value out of range, and what there is
 */
export function resolveExperiment(
  preset: string | Preset,
  overrides: Preset = {},
  settings: readonly string[] = [],
): Experiment {
  const given = Object.fromEntries(Object.entries(overrides).filter(([, value]) => value !== undefined));
  const merged: Record<string, unknown> = { ...(typeof preset === 'string' ? presetNamed(preset) : preset), ...given };
  const options: Record<string, unknown> = { ...(merged.modelOptions as Record<string, unknown>) };
  const wished = new Set<string>();
  for (const setting of settings) {
    const [key, value] = parseSetting(setting);
    wished.add(key);
    if (key === 'modelOptions') throw new RangeError('modelOptions: is set one option at a time, by model.KEY=VALUE');
    if (key.startsWith('model.')) options[key.slice('model.'.length)] = value;
    else merged[key] = value;
  }
  const result = experimentSchema.safeParse({ ...merged, modelOptions: options });
  if (!result.success) throw new RangeError(explain(result.error.issues[0]));
  const experiment = result.data;
  assertNothingLearntFromTests(experiment);
  const { name, defaults } = architectureNamed(experiment.model);
  // A preset narrows more than one model: options of another model than the chosen one are left out, unless wished for.
  const chosen = Object.entries(experiment.modelOptions).filter(
    ([key]) => typeof preset !== 'string' || Object.hasOwn(defaults, key) || wished.has(`model.${key}`),
  );
  for (const [key, value] of chosen) {
    if (!Object.hasOwn(defaults, key))
      throw new RangeError(`model.${key}: ${name} has no such option (it has: ${Object.keys(defaults).join(', ')})`);
    const kind = kindOf(defaults[key]);
    if (kindOf(value) !== kind) throw new RangeError(`model.${key}: must be ${kind}`);
  }
  return { ...experiment, modelOptions: { ...defaults, ...Object.fromEntries(chosen) } as Experiment['modelOptions'] };
}

const kindOf = (option: unknown): string =>
  Array.isArray(option) ? 'a list of numbers' : typeof option === 'string' ? 'a word' : 'a number';

/** Under `paper` the test side is watched: nothing but the log may depend on it. */
function assertNothingLearntFromTests({ protocol, patience, schedule }: Experiment): void {
  if (protocol !== 'paper') return;
  const chosen = patience !== undefined ? 'patience' : schedule === 'plateau' ? 'schedule=plateau' : undefined;
  if (chosen)
    throw new RangeError(
      `${chosen}: under the paper protocol training is watched on the test side, by which nothing may be decided; ` +
        'supported: the speaker-independent protocol',
    );
}

function parseSetting(setting: string): [key: string, value: unknown] {
  const equals = setting.indexOf('=');
  if (equals < 1) throw new SyntaxError(`--set ${setting}: must be KEY=VALUE`);
  const text = setting.slice(equals + 1);
  try {
    return [setting.slice(0, equals), JSON.parse(text)];
  } catch {
    return [setting.slice(0, equals), text];
  }
}

function explain(issue: z.core.$ZodIssue): string {
  if (issue.code === 'unrecognized_keys')
    return `no setting is named ${issue.keys.join(', ')} (there are: ${Object.keys(experimentSchema.shape).join(', ')})`;
  if (issue.path[0] === 'modelOptions' && issue.path.length > 1)
    return `model.${issue.path.slice(1).join('.')}: must be a number, a word or a list of numbers`;
  return `${issue.path.join('.')}: ${issue.message}`;
}

/**
 * @param where what `was` belongs to, for the message
 * @throws RangeError that names the first of these settings which differs
 */
export function assertUnchanged(
  was: Experiment,
  is: Experiment,
  keys: readonly (keyof Experiment)[],
  where: string,
): void {
  const flat = ({ modelOptions, ...plain }: Experiment): Record<string, unknown> => ({
    ...plain,
    ...Object.fromEntries(Object.entries(modelOptions).map(([key, value]) => [`model.${key}`, value])),
  });
  const [before, now] = [flat(was), flat(is)];
  const matters = (key: string) => keys.includes((key.startsWith('model.') ? 'modelOptions' : key) as keyof Experiment);
  for (const key of new Set([...Object.keys(before), ...Object.keys(now)].filter(matters)))
    if (shown(before[key]) !== shown(now[key]))
      throw new RangeError(`${key}: is ${shown(before[key])} in ${where}, not ${shown(now[key])}; it can't be changed`);
}

const shown = (value: unknown): string => JSON.stringify(value) ?? 'unset';
