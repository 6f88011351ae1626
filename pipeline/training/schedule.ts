export const schedules = ['constant', 'one-cycle', 'cosine', 'plateau'] as const;
export type ScheduleName = (typeof schedules)[number];

export interface ScheduleOptions {
  /** Default `constant`. */
  schedule?: ScheduleName;
  /** The constant rate, the top of `one-cycle`, the start of `cosine` and `plateau`. */
  learningRate: number;
  /** What `plateau` multiplies the rate by, 0…1. Default .5. */
  plateauFactor?: number;
  /** Epochs without a better watched loss after which `plateau` does so. Default 5. */
  plateauPatience?: number;
}

/** Where training stands when a rate is asked for. */
export interface SchedulePoint {
  /** Updates made before this one, 0…updates − 1. */
  update: number;
  /** Updates that all epochs will make together. */
  updates: number;
  /** Watched loss of each epoch so far. */
  watchedLosses: readonly number[];
}

/** The learning rate of an update: a function of where training stands, so that nothing else has to be saved. */
export function learningRateAt(options: ScheduleOptions, { update, updates, watchedLosses }: SchedulePoint): number {
  const { schedule = 'constant', learningRate, plateauFactor = 0.5, plateauPatience = 5 } = options;
  switch (schedule) {
    case 'constant':
      return learningRate;
    case 'one-cycle':
      return oneCycle(learningRate, update, updates);
    case 'cosine':
      return cosine(learningRate, 0, Math.min(update / updates, 1));
    case 'plateau':
      return learningRate * plateauFactor ** countPlateaus(watchedLosses, plateauPatience);
  }
}

/**
 * Smith's one-cycle policy (2018) in the form of fast.ai and PyTorch: by a half cosine from top / 25 up to the top in
 * three tenths of the updates, and down to the start / 10,000 in the rest. Deviation: Adam's β₁ is not cycled.
 */
function oneCycle(top: number, update: number, updates: number): number {
  const start = top / 25;
  const upEnds = 0.3 * updates - 1; // as PyTorch counts: may fall between two updates
  const downEnds = Math.max(updates - 1, 1);
  if (update <= upEnds) return cosine(start, top, upEnds > 0 ? update / upEnds : 1);
  return cosine(top, start / 1e4, Math.min((update - upEnds) / (downEnds - upEnds), 1));
}

/** From one value to another by half a cosine, as `share` goes from 0 to 1. To 0: Loshchilov & Hutter 2017, no restarts. */
function cosine(from: number, to: number, share: number): number {
  return to + ((from - to) * (1 + Math.cos(Math.PI * share))) / 2;
}

/**
 * How often so many epochs in a row brought no loss lower than the lowest before by a ten-thousandth of it (PyTorch's
 * threshold); the counting starts anew after each.
 */
function countPlateaus(losses: readonly number[], patience: number): number {
  let lowest = Number.POSITIVE_INFINITY;
  let without = 0;
  let plateaus = 0;
  for (const loss of losses) {
    if (loss < lowest * (1 - 1e-4)) {
      lowest = loss;
      without = 0;
    } else if (++without >= patience) {
      plateaus++;
      without = 0;
    }
  }
  return plateaus;
}
