import type { Experiment } from '../experiments/config.js';
import type { EpochMetrics } from '../training/progress.js';
import type { StepProgress } from '../training/train.js';
import { percent, type Reporter } from './reporter.js';

/** The bar of a training: how far it is, loss, and the watched UAR (of an autoencoder its loss) of the last epoch in `history`. */
export function trainingProgress(
  reporter: Reporter,
  { epochs, minutes }: Pick<Experiment, 'epochs' | 'minutes'>,
  history: readonly EpochMetrics[],
): { step(progress: StepProgress): void; end(): void } {
  const spentBefore = history.reduce((sum, { seconds }) => sum + seconds, 0);
  const started = performance.now();
  return {
    step({ epoch, step, steps, loss }) {
      const last = history.at(-1);
      const watched = last ? watchedText(last) : '';
      const detail = `epoch ${epoch}, step ${step} of ${steps}, loss ${loss.toFixed(3)}${watched}`;
      // What ends training first is what is left: so many steps, or so many seconds.
      const byEpochs = ((epoch - 1) * steps + step) / (epochs * steps);
      const spent = spentBefore + (performance.now() - started) / 1000;
      const byTime = minutes === undefined ? 0 : spent / 60 / minutes;
      reporter.progress('training', Math.round(1000 * Math.min(Math.max(byEpochs, byTime), 0.999)), 1000, detail);
    },
    end: () => reporter.progress('training', 1000, 1000),
  };
}

const watchedText = ({ watched: { loss, uar } }: EpochMetrics): string =>
  uar === undefined ? `, watched loss ${loss.toFixed(3)}` : `, watched UAR ${percent(uar)}`;
