import { z } from 'zod';
import { FEATURE_VERSION, featureSpecSchema } from '../../features/index.js';

/** Raised whenever the numbers below are computed in another way: what was kept is then computed again. */
export const EXPLORATION_VERSION = 1;

/** Values over time, `values[band * frames + frame]`, rounded to what a picture can show. */
const matrixSchema = z.object({
  bands: z.number().int().positive(),
  frames: z.number().int().positive(),
  values: z.array(z.number()), // (bands, frames)
});
export type Matrix = z.infer<typeof matrixSchema>;

const clipSchema = z.object({
  id: z.string(),
  speaker: z.string().optional(),
  gender: z.enum(['female', 'male']).optional(),
  label: z.string(),
  intensity: z.string().optional(),
  statement: z.string().optional(),
});

/** One clip as pictures show it: whole, not the window that models look at. */
export const clipPictureSchema = z.object({
  clip: clipSchema,
  seconds: z.number(),
  /** Lowest and highest sample of each of equally long columns, −1…1. */
  envelope: z.object({ lowest: z.array(z.number()), highest: z.array(z.number()) }), // (columns) each
  /** Frames lie `hopSamples / sampleRateHz` of the spec apart, the first centred on 0 s. */
  melSpectrogram: matrixSchema,
  mfcc: matrixSchema,
});
export type ClipPicture = z.infer<typeof clipPictureSchema>;

/** What is measured of a clip's speech. `null`: it has none, or none that is voiced. */
export const measuresSchema = z.object({
  /** Median pitch of the voiced frames, Hz. */
  pitchHz: z.number().nullable(),
  /** How far the pitch moves: between its 10th and 90th percentile, semitones. */
  pitchRangeSemitones: z.number().nullable(),
  /** Level of the mean power of the active frames, dBFS. */
  levelDb: z.number().nullable(),
  /** How far the level moves: between the 10th and 90th percentile of the active frames, dB. */
  levelRangeDb: z.number().nullable(),
});
export type Measures = z.infer<typeof measuresSchema>;

/** Everything that the section "Data exploration" of the report shows of a corpus. */
export const explorationSchema = z.object({
  version: z.literal(EXPLORATION_VERSION),
  featureVersion: z.literal(FEATURE_VERSION),
  corpus: z.object({
    name: z.string(),
    labels: z.array(z.string()),
    clips: z.number().int(),
    speakers: z.number().int(),
    fingerprint: z.string(),
    licence: z.string().optional(),
    attribution: z.string().optional(),
  }),
  /** Clips by label, women's and men's; `unknown` where the corpus does not say. */
  counts: z.array(
    z.object({
      label: z.string(),
      female: z.number().int(),
      male: z.number().int(),
      unknown: z.number().int(),
    }),
  ),
  /** Of the pictures; chunks are those of models, pictures show the whole clip. */
  featureSpec: featureSpecSchema,
  /** Which clip stands for a figure, and what of the figure's description it does not meet. */
  chosen: z.record(z.string(), z.object({ clip: z.string(), instead: z.array(z.string()) })),
  pictures: z.array(clipPictureSchema),
  measured: z.array(clipSchema.extend(measuresSchema.shape)),
  /** Clips that could not be measured. */
  problems: z.array(z.object({ clip: z.string(), reason: z.string() })),
});
export type Exploration = z.infer<typeof explorationSchema>;
