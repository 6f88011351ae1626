import { z } from 'zod';

const probability = z.number().min(0).max(1.000_001);

export const modelRefSchema = z.object({
  name: z.string(),
  version: z.string().describe('the first 12 digits of the SHA-256 of the file'),
});

const attentionSchema = z
  .array(z.object({ startSeconds: z.number(), endSeconds: z.number(), weight: z.number() }))
  .optional()
  .describe('how much each chunk counted, where the model says so');

const audioSchema = z
  .object({ format: z.string(), sampleRateHz: z.number(), channels: z.number(), seconds: z.number() })
  .describe('the recording, as its file has it');

export const classificationSchema = z.object({
  model: modelRefSchema,
  label: z.string().describe('the most probable label'),
  unsure: z.boolean().describe('its probability is below what the model calls sure'),
  probabilities: z.record(z.string(), probability).describe('by label, together 1'),
  attention: attentionSchema,
  warnings: z.array(z.string()).describe('why the answer deserves no trust; mostly empty'),
  provider: z.string().describe('what ran the model'),
  timings: z
    .object({
      resampleMilliseconds: z.number(),
      featuresMilliseconds: z.number(),
      modelMilliseconds: z.number(),
      totalMilliseconds: z.number(),
    })
    .describe('where the time went; in a shared run, its time divided'),
  audio: audioSchema,
});

export const timelineSchema = z.object({
  model: modelRefSchema,
  moments: z.array(
    z.object({
      startSeconds: z.number(),
      endSeconds: z.number(),
      speech: z.boolean().describe('whether the window holds speech, by level and voice activity'),
      levelDbfs: z.number(),
      voicedShare: z.number(),
      label: z.string().nullable().describe('null where there is no speech'),
      unsure: z.boolean(),
      probabilities: z.record(z.string(), probability).nullable(),
      attention: attentionSchema,
      warnings: z.array(z.string()),
    }),
  ),
  audio: audioSchema,
});

export const problemSchema = z.object({
  type: z.string(),
  title: z.string(),
  status: z.number(),
  detail: z.string(),
  instance: z.string(),
});

export const modelQuerySchema = z.object({
  model: z.string().optional().describe('the name of a model; default: the first one'),
});

const spanSchema = z.coerce.number().min(0.05).max(600).optional();

export const timelineQuerySchema = modelQuerySchema.extend({
  windowSeconds: spanSchema.describe('length of a window; default: what the model looks at'),
  hopSeconds: spanSchema.describe('from window to window; default: half a window'),
});

/** The first message of a stream. */
export const streamRequestSchema = z.strictObject({
  sampleRateHz: z.int().min(1000).max(192_000),
  encoding: z.enum(['f32le', 's16le']).default('f32le'),
  windowSeconds: spanSchema,
  hopSeconds: spanSchema,
});

/** What each route that takes a recording may answer beside 200. */
export const problemResponses = Object.fromEntries(
  [400, 401, 404, 408, 413, 422, 500, 503, 504].map((status) => [
    status,
    { description: 'a problem (RFC 9457)', content: { 'application/problem+json': { schema: problemSchema } } },
  ]),
);
