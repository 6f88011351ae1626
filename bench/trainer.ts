/** A network on a backend or library, ready to be trained for some steps. */
export interface Trainer {
  /** Trainable and moving weights. */
  parameters: number;
  /** `CPU`, or the GPU's name. */
  device: string;
  versions: Readonly<Record<string, string>>;
  /**
   * Trains for `steps` steps that count, after one that does not: the first after a pause finds cold caches and, with
   * us, an empty input pipeline.
   */
  run(steps: number): Promise<MeasuredSteps>;
}

export interface MeasuredSteps {
  milliseconds: number[];
  losses: number[];
  /** Of all these steps together, what was spent waiting for batches, where that is known. */
  waitedMilliseconds?: number;
}
