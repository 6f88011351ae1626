import { z } from 'zod';

const probability = z.number().min(0).max(1.000_001);

export const modelRefSchema = z.object({
  name: z.string(),
  version: z.string().describe('the first 12 digits of the SHA-256 of the file'),
});

export const classificationSchema = z.object({
  model: modelRefSchema,
  label: z.string().describe('the most probable label'),
  unsure: z.boolean().describe('its probability is below what the model calls sure'),
  probabilities: z.record(z.string(), probability).describe('by label, together 1'),
  attention: z
    .array(z.object({ startSeconds: z.number(), endSeconds: z.number(), weight: z.number() }))
    .optional()
    .describe('how much each chunk counted, where the model says so'),
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
  audio: z
    .object({ format: z.string(), sampleRateHz: z.number(), channels: z.number(), seconds: z.number() })
    .describe('the recording, as its file has it'),
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

/** What each route that takes a recording may answer beside 200. */
export const problemResponses = Object.fromEntries(
  [400, 401, 404, 408, 413, 422, 500, 503, 504].map((status) => [
    status,
    { description: 'a problem (RFC 9457)', content: { 'application/problem+json': { schema: problemSchema } } },
  ]),
);
