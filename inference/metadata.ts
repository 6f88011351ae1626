import * as z from 'zod';
import { FEATURE_VERSION, featureShape, featureSpecSchema, normalisationSchema } from '../pipeline/features/index.js';
import type { Calibration, ModelMetadata, TrainedOn } from './model-metadata.js';

export type { Calibration, ModelMetadata, TrainedOn } from './model-metadata.js';

/** Version of the metadata's own layout; a file of another one is refused. */
export const METADATA_FORMAT = '1';

export const calibrationSchema = z.object({
  temperature: z.number().positive(),
  reason: z.string().optional(),
  speakers: z.number().int().optional(),
  clips: z.number().int(),
  eceBefore: z.number(),
  eceAfter: z.number(),
  lossBefore: z.number(),
  lossAfter: z.number(),
}) satisfies z.ZodType<Calibration>;

const trainedOnSchema = z.object({
  copies: z.number().int(),
  validationSpeakers: z.number().int(),
  corpusFingerprint: z.string(),
  earlier: z
    .array(
      z.object({
        protocol: z.string(),
        fold: z.number().int(),
        seed: z.number().int(),
        copies: z.number().int(),
        validationSpeakers: z.number().int(),
        corpus: z.string(),
        fingerprint: z.string(),
        whole: z.boolean().optional(),
      }),
    )
    .optional(),
}) satisfies z.ZodType<TrainedOn>;

/** Text for people: no markup, no control characters, and not a book. */
const labelSchema = z
  .string()
  .min(1)
  .max(100)
  .regex(/^[^<>\p{C}]*$/u, 'must be plain text, without < and > or control characters');

/** Of one clip. The largest preset has 26 thousand; a file that asks for more than this asks for memory. */
const MOST_FEATURES = 2 ** 24;

/** Where the last chunk may end, seconds: nobody's clips are as long, and samples are counted up to there. */
const LONGEST_CLIP_SECONDS = 3600;

/** What a file's metadata are held against. */
export const modelMetadataSchema = z
  .strictObject({
    labels: z.array(labelSchema).min(2).max(1000),
    featureSpec: featureSpecSchema,
    featureVersion: z.number().int(),
    sampleRateHz: z.number().int(),
    normalisation: normalisationSchema,
    input: z.enum(['features', 'waveform']),
    output: z.literal('logits').optional(),
    attention: z.strictObject({ output: z.string().min(1), over: z.literal('chunks') }).optional(),
    calibration: calibrationSchema.optional(),
    unsureBelow: z.number().min(0).max(1).optional(),
    precision: z.enum(['fp16', 'int8']).optional(),
    architecture: z.string().optional(),
    preset: z.string().optional(),
    seed: z.string().optional(),
    protocol: z.string().optional(),
    fold: z.number().int().optional(),
    corpus: z.string().optional(),
    scores: z.looseObject({ leaks: z.boolean(), test: z.record(z.string(), z.number()) }).optional(),
    training: trainedOnSchema.optional(),
    dataLicence: z.string().optional(),
    attribution: z.string().optional(),
    version: z.string().optional(),
  })
  .refine(({ labels }) => new Set(labels).size === labels.length, { path: ['labels'], message: 'must be different' })
  .refine(({ featureSpec }) => featureShape(featureSpec).reduce((product, size) => product * size) <= MOST_FEATURES, {
    path: ['featureSpec'],
    message: `must have at most ${MOST_FEATURES} features a clip`,
  })
  .refine(
    ({ featureSpec: { chunkSeconds, chunkStartsSeconds } }) =>
      chunkSeconds + chunkStartsSeconds.at(-1)! <= LONGEST_CLIP_SECONDS,
    {
      path: ['featureSpec'],
      message: `must end its last chunk within ${LONGEST_CLIP_SECONDS} s`,
    },
  )
  .refine(({ sampleRateHz, featureSpec }) => sampleRateHz === featureSpec.sampleRateHz, {
    path: ['sampleRateHz'],
    message: "must be the feature spec's",
  })
  .refine(({ normalisation, featureSpec }) => normalisation.mean.length === featureShape(featureSpec)[1], {
    path: ['normalisation'],
    message: 'must have as many bands as the feature spec',
  }) satisfies z.ZodType<ModelMetadata>;

/** The key of each field in the file's metadata_props, and whether its string is plain text or JSON. */
const keys: Record<keyof ModelMetadata, { key: string; as: 'text' | 'json' }> = {
  labels: { key: 'serkit.labels', as: 'json' },
  featureSpec: { key: 'serkit.feature_spec', as: 'json' },
  featureVersion: { key: 'serkit.feature_version', as: 'json' },
  sampleRateHz: { key: 'serkit.sample_rate_hz', as: 'json' },
  normalisation: { key: 'serkit.normalisation', as: 'json' },
  input: { key: 'serkit.input', as: 'text' },
  output: { key: 'serkit.output', as: 'text' },
  attention: { key: 'serkit.attention', as: 'json' },
  calibration: { key: 'serkit.calibration', as: 'json' },
  unsureBelow: { key: 'serkit.unsure_below', as: 'json' },
  precision: { key: 'serkit.precision', as: 'text' },
  architecture: { key: 'serkit.architecture', as: 'text' },
  preset: { key: 'serkit.preset', as: 'text' },
  seed: { key: 'serkit.seed', as: 'text' },
  protocol: { key: 'serkit.protocol', as: 'text' },
  fold: { key: 'serkit.fold', as: 'json' },
  corpus: { key: 'serkit.corpus', as: 'text' },
  scores: { key: 'serkit.scores', as: 'json' },
  training: { key: 'serkit.training', as: 'json' },
  dataLicence: { key: 'serkit.data_licence', as: 'text' },
  attribution: { key: 'serkit.attribution', as: 'text' },
  version: { key: 'serkit.version', as: 'text' },
};

/**
 * The strings to write into a model file's metadata_props.
 *
 * @throws TypeError that names the field which does not fit the schema
 */
export function encodeModelMetadata(metadata: ModelMetadata): Record<string, string> {
  const valid = validated(metadata, 'model metadata');
  const entries = Object.entries(keys).flatMap(([field, { key, as }]) => {
    const value = valid[field as keyof ModelMetadata];
    return value === undefined ? [] : [[key, as === 'json' ? JSON.stringify(value) : String(value)]];
  });
  return { 'serkit.format': METADATA_FORMAT, ...Object.fromEntries(entries) };
}

/**
 * The way back from `encodeModelMetadata`. Keys of others are left alone.
 *
 * @param name of the file, for messages
 * @throws TypeError for a file that is not ours or whose fields are missing or wrong, RangeError for a format or a
 *   feature version that is not known here
 */
export function decodeModelMetadata(strings: ReadonlyMap<string, string>, name: string): ModelMetadata {
  if (![...strings.keys()].some((key) => key.startsWith('serkit.')))
    throw new TypeError(
      `${name}: not written by serkit (no serkit.* metadata); supported: files from \`serkit export\``,
    );
  const format = strings.get('serkit.format');
  if (format !== METADATA_FORMAT)
    throw new RangeError(
      `${name}: serkit.format ${JSON.stringify(format)} is unknown (supported: "${METADATA_FORMAT}")`,
    );
  const fields = Object.entries(keys).flatMap(([field, { key, as }]) => {
    const text = strings.get(key);
    return text === undefined ? [] : [[field, as === 'json' ? parsedJson(text, key, name) : text]];
  });
  const { featureVersion }: { featureVersion?: unknown } = Object.fromEntries(fields);
  if (featureVersion !== undefined && featureVersion !== FEATURE_VERSION)
    throw new RangeError(
      `${name}: trained on feature version ${featureVersion}, this serkit computes ${FEATURE_VERSION}: ` +
        'export the model again from a run of this version',
    );
  return validated(Object.fromEntries(fields), name);
}

function parsedJson(text: string, key: string, name: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new SyntaxError(`${name}: ${key} is not JSON: ${JSON.stringify(text.slice(0, 40))}`);
  }
}

function validated(value: unknown, name: string): ModelMetadata {
  const parsed = modelMetadataSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  const issues = parsed.error.issues.map(({ path: [field, ...rest], message }) => {
    const key = typeof field === 'string' && field in keys ? keys[field as keyof ModelMetadata].key : String(field);
    return `${[key, ...rest].join('.')}: ${message}`;
  });
  throw new TypeError(`${name}: ${issues.join('; ')}`);
}
