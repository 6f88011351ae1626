import { z } from 'zod';
import { architectureNamed } from '../../models/index.js';
import { protocols } from '../datasets/split.js';
import { type FeaturePreset, featurePresets } from '../features/index.js';
import { presetNamed } from './presets/index.js';

/**
 * Everything about a training run that a person can decide. Presets and `--set KEY=VALUE` override these defaults, which
 * are the report's where the report says; an unknown key is an error.
 */
export const experimentSchema = z.strictObject({
  model: z.string().default('cnn'),
  /** The architecture's own options, under `model.KEY` in `--set`. */
  modelOptions: z.record(z.string(), z.union([z.number(), z.array(z.number())])).default({}),
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
  /** Adam's. */
  learningRate: z.number().positive().default(1e-3),
});

export type Experiment = z.infer<typeof experimentSchema>;

/** A preset: a short file of overrides. */
export type Preset = Partial<z.input<typeof experimentSchema>>;

/**
 * Defaults, then the preset, then what the command line says, then `--set`.
 *
 * @param settings `key=value` lines; `model.KEY=VALUE` reaches the architecture's options; values are read as JSON
 * @throws RangeError that names an unknown key or a value out of range, and what there is
 */
export function resolveExperiment(
  preset: string,
  overrides: Preset = {},
  settings: readonly string[] = [],
): Experiment {
  const given = Object.fromEntries(Object.entries(overrides).filter(([, value]) => value !== undefined));
  const merged: Record<string, unknown> = { ...presetNamed(preset), ...given };
  const options: Record<string, unknown> = { ...(merged.modelOptions as Record<string, unknown>) };
  for (const setting of settings) {
    const [key, value] = parseSetting(setting);
    if (key === 'modelOptions') throw new RangeError('modelOptions: is set one option at a time, by model.KEY=VALUE');
    if (key.startsWith('model.')) options[key.slice('model.'.length)] = value;
    else merged[key] = value;
  }
  const result = experimentSchema.safeParse({ ...merged, modelOptions: options });
  if (!result.success) throw new RangeError(explain(result.error.issues[0]));
  const experiment = result.data;
  const { name, defaults } = architectureNamed(experiment.model);
  for (const [key, value] of Object.entries(experiment.modelOptions)) {
    if (!Object.hasOwn(defaults, key))
      throw new RangeError(`model.${key}: ${name} has no such option (it has: ${Object.keys(defaults).join(', ')})`);
    if (Array.isArray(value) !== Array.isArray(defaults[key]))
      throw new RangeError(`model.${key}: must be ${Array.isArray(defaults[key]) ? 'a list of numbers' : 'a number'}`);
  }
  return { ...experiment, modelOptions: { ...defaults, ...experiment.modelOptions } as Experiment['modelOptions'] };
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
    return `model.${issue.path.slice(1).join('.')}: must be a number or a list of numbers`;
  return `${issue.path.join('.')}: ${issue.message}`;
}
