import { z } from 'zod';

/** One line of a run's `metrics.jsonl`. Training figures are means over the epoch's steps, with dropout at work. */
export const epochMetricsSchema = z.object({
  epoch: z.number().int(), // 1…
  loss: z.number(),
  /** Of a recogniser, as UAR below. */
  accuracy: z.number().optional(),
  /** Of the examples that training is watched on. */
  watched: z.object({ loss: z.number(), accuracy: z.number().optional(), uar: z.number().optional() }),
  /** Of the epoch's last step. */
  learningRate: z.number(),
  /** L2 norm of the whole gradient before clipping, mean over the steps. */
  gradientNorm: z.number(),
  /** For the epoch's steps, and for watching. */
  seconds: z.number(),
  /** Of these, how long the steps waited for their batches. */
  waitedSeconds: z.number(),
  memory: z.object({ tensors: z.number(), heapBytes: z.number(), rssBytes: z.number() }),
});
export type EpochMetrics = z.infer<typeof epochMetricsSchema>;

/** How far a training has come: with the learner's state all that it needs to go on. */
export const progressSchema = z.object({
  /** Epochs that are done. */
  epochs: z.number().int().min(0),
  /** Steps done of the next one. */
  steps: z.number().int().min(0),
  /** Over these steps. */
  sums: z.object({
    loss: z.number(),
    accuracy: z.number(),
    gradientNorm: z.number(),
    seconds: z.number(),
    waitedSeconds: z.number(),
  }),
  history: z.array(epochMetricsSchema),
  /** The epoch whose weights are kept: the best watched so far, or the last. 0 before the first. */
  kept: z.object({ epoch: z.number().int(), merit: z.number() }),
});
export type Progress = z.infer<typeof progressSchema>;

export const noSums = (): Progress['sums'] => ({
  loss: 0,
  accuracy: 0,
  gradientNorm: 0,
  seconds: 0,
  waitedSeconds: 0,
});

export const noProgress = (): Progress => ({
  epochs: 0,
  steps: 0,
  sums: noSums(),
  history: [],
  kept: { epoch: 0, merit: 0 },
});
