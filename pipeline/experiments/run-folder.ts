import { existsSync } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { protocols } from '../datasets/split.js';
import { FEATURE_VERSION, featureSpecSchema, normalisationSchema } from '../features/index.js';
import type { EpochMetrics } from '../training/progress.js';
import { writeDurably } from '../training/write-durably.js';
import { experimentSchema } from './config.js';
import { readJson } from './read-json.js';

/** What decides which clips of a corpus were trained on. */
export const trainedOnSchema = z.object({
  protocol: z.enum(protocols),
  fold: z.number().int(),
  seed: z.number().int(),
  copies: z.number().int(),
  validationSpeakers: z.number().int(),
  corpus: z.string(),
  fingerprint: z.string(),
  licence: z.string().optional(),
  attribution: z.string().optional(),
  /** The whole corpus, without a split: no clip of it is left to test on. */
  whole: z.boolean().optional(),
});
export type TrainedOn = z.infer<typeof trainedOnSchema>;

/** A run whose weights another one holds. */
const sourceSchema = z.object({
  run: z.string(),
  /** SHA-256 of its `weights.bin`. */
  weights: z.string(),
  /** All that these weights have seen; the last is the run's own corpus. */
  trainedOn: z.array(trainedOnSchema),
});

/** A run's `config.json`: everything that was decided, and what it was decided on. */
export const runConfigSchema = z.object({
  experiment: experimentSchema,
  preset: z.string(),
  /** DATA, as it was given. */
  data: z.string().optional(),
  corpus: z.object({
    name: z.string(),
    labels: z.array(z.string()).min(2),
    clips: z.number().int(),
    /** SHA-256 over the clips' content hashes, sorted: the same data, wherever it lies. */
    fingerprint: z.string(),
    licence: z.string().optional(),
    attribution: z.string().optional(),
  }),
  featureSpec: featureSpecSchema,
  featureVersion: z.number().int(),
  /** Fitted on the training examples. */
  normalisation: normalisationSchema,
  backend: z.string(),
  /** What it ran on, as the backend names it: `CPU, 2 cores`, a GPU's name. */
  device: z.string().optional(),
  versions: z.record(z.string(), z.string()),
  started: z.string(),
  /** The run that this one was fine-tuned from. */
  from: sourceSchema.optional(),
  /** The autoencoder's run whose encoder a hybrid holds. */
  encoder: sourceSchema.optional(),
  /** Corpora that an autoencoder was trained on besides its own, whole. */
  unlabelled: z
    .array(
      z.object({
        data: z.string(),
        name: z.string(),
        clips: z.number().int(),
        fingerprint: z.string(),
        licence: z.string().optional(),
        attribution: z.string().optional(),
      }),
    )
    .default([]),
  /** Each time that the run was taken up again after it had stopped, and how far it was. */
  resumed: z
    .array(z.object({ at: z.string(), backend: z.string(), epochs: z.number().int(), steps: z.number().int() }))
    .default([]),
});
export type RunConfig = z.infer<typeof runConfigSchema>;

const reconstructionScoresSchema = z.object({
  examples: z.number().int(),
  /** Mean squared error of normalised features. */
  loss: z.number(),
});

const recognitionScoresSchema = z.object({
  examples: z.number().int(),
  accuracy: z.number(),
  uar: z.number(),
  /** Mean cross-entropy, nats. */
  loss: z.number(),
  confusion: z.object({ labels: z.array(z.string()), counts: z.array(z.array(z.number())) }),
});
export type RecognitionScores = z.infer<typeof recognitionScoresSchema>;

/** How a recogniser's probabilities are made ones that can be believed, as found on the validation speakers. */
const runCalibrationSchema = z.object({
  /** What the logits are divided by (Guo et al. 2017); 1 where none was found. */
  temperature: z.number().positive(),
  /** Why it is 1, where it was not found. */
  reason: z.string().optional(),
  /** Of whom; absent where the corpus does not say who speaks. */
  speakers: z.number().int().optional(),
  clips: z.number().int(),
  /** Expected calibration error on these clips at temperature 1, and at this one; 0…1. */
  eceBefore: z.number(),
  eceAfter: z.number(),
  /** Mean cross-entropy, nats. */
  lossBefore: z.number(),
  lossAfter: z.number(),
  /** Largest probability below which an answer is called unsure. */
  unsureBelow: z.number().min(0).max(1),
});
export type RunCalibration = z.infer<typeof runCalibrationSchema>;

/** A run's `scores.json`. */
export const runScoresSchema = z.object({
  /** True under a protocol whose test side was partly trained on: the score then says so wherever it is shown. */
  leaks: z.boolean(),
  epochs: z.number().int(),
  /** The epoch whose weights were kept: the best on the validation speakers, or the last where there are none. */
  keptEpoch: z.number().int(),
  trainingMinutes: z.number(),
  /** Absent where no speakers watched, and of an autoencoder. */
  calibration: runCalibrationSchema.optional(),
  /** Of a recogniser, its probabilities calibrated, or of an autoencoder. */
  test: z.union([recognitionScoresSchema, reconstructionScoresSchema]),
});
export type RunScores = z.infer<typeof runScoresSchema>;

/** A recogniser's scores. */
export type RecogniserScores = RunScores & { test: RecognitionScores };

export const isRecogniser = (scores: RunScores): scores is RecogniserScores => 'uar' in scores.test;

/** @throws Error where the folder holds a run already: a run is never overwritten */
export function assertNoRun(folder: string): void {
  if (existsSync(join(folder, 'config.json')))
    throw new Error(`${folder}: holds a run already; choose another folder, or go on with it: --resume -o ${folder}`);
}

export const hasScores = (folder: string): boolean => existsSync(join(folder, 'scores.json'));

/** A run that goes on after its end has no score again until the next one. */
export const removeScores = (folder: string): Promise<void> => rm(join(folder, 'scores.json'), { force: true });

/**
 * Makes a run's folder and writes its config.
 *
 * @throws Error where the folder holds a run already: a run is never overwritten
 */
export async function createRun(folder: string, config: RunConfig): Promise<void> {
  assertNoRun(folder);
  await mkdir(folder, { recursive: true });
  await writeRunConfig(folder, config);
}

export const writeRunConfig = (folder: string, config: RunConfig): Promise<void> =>
  writeDurably(join(folder, 'config.json'), `${JSON.stringify(config, null, 2)}\n`);

/** Writes all epochs so far to `metrics.jsonl`, a line each. */
export async function writeMetrics(folder: string, history: readonly EpochMetrics[]): Promise<void> {
  await writeDurably(join(folder, 'metrics.jsonl'), history.map((epoch) => `${JSON.stringify(epoch)}\n`).join(''));
}

export async function writeScores(folder: string, scores: RunScores): Promise<void> {
  await writeDurably(join(folder, 'scores.json'), `${JSON.stringify(scores, null, 2)}\n`);
}

/** @throws Error that names the file which is missing or not as a run's must be */
export async function readRunConfig(folder: string): Promise<RunConfig> {
  const config = await readJson(join(folder, 'config.json'), runConfigSchema);
  if (config.featureVersion !== FEATURE_VERSION)
    throw new RangeError(
      `${folder}: trained on feature version ${config.featureVersion}, this serkit computes ${FEATURE_VERSION}; train it again`,
    );
  return config;
}

export const readRunScores = (folder: string): Promise<RunScores> =>
  readJson(join(folder, 'scores.json'), runScoresSchema);

/** @throws TypeError where the run is an autoencoder's */
export async function readRecogniserScores(folder: string): Promise<RecogniserScores> {
  const scores = await readRunScores(folder);
  if (!isRecogniser(scores))
    throw new TypeError(
      `${folder}: is an autoencoder's run, which answers no labels; supported: the run of a recogniser`,
    );
  return scores;
}
