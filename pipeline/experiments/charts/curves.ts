import type { TopLevelSpec } from 'vega-lite';
import type { RunEpoch, RunHistory } from '../run-history.js';
import { type Panel, panelSpec, type Series } from './panel.js';
import { chartConfig } from './style.js';

export interface ChartTitle {
  text: string;
  subtitle?: string[];
}

type Figure = (epoch: RunEpoch) => number | null | undefined;

/** All curves of a run, two panels a row; what the run did not note has no panel. */
export function curvesSpec(run: RunHistory, title: ChartTitle): TopLevelSpec {
  const lastEpoch = run.epochs.at(-1)!.epoch;
  return {
    title,
    concat: panelsOf(run).map((panel) => panelSpec(panel, lastEpoch)),
    columns: 2,
    spacing: 28,
    resolve: { scale: { color: 'independent', strokeDash: 'independent', shape: 'independent' } },
    config: chartConfig,
  } as TopLevelSpec;
}

/** Watched UAR and loss of several runs, a colour, dash and shape for each. */
export function comparisonSpec(runs: readonly { name: string; run: RunHistory }[], title: ChartTitle): TopLevelSpec {
  const lastEpoch = Math.max(...runs.map(({ run }) => run.epochs.at(-1)!.epoch));
  const series = (figure: Figure) =>
    runs.map(({ name, run }) => ({ ...seriesOf(run, name, figure), ring: keptEpochOf(run)?.epoch }));
  const chances = new Set(runs.map(({ run }) => 1 / run.config.corpus.labels.length));
  const panels: Panel[] = [
    {
      title: 'UAR of the watched examples; the ring is the kept epoch',
      axis: 'UAR',
      share: true,
      series: series(({ watched }) => watched.uar),
      line: chances.size === 1 ? chanceOf(runs[0].run) : undefined,
    },
    {
      title: 'Loss of the watched examples',
      axis: lossAxis(runs[0].run),
      series: series(({ watched }) => watched.loss),
      legend: false,
    },
  ];
  return {
    title,
    vconcat: panels.map((panel) => panelSpec(panel, lastEpoch, 640)),
    spacing: 28,
    resolve: { scale: { color: 'independent', strokeDash: 'independent', shape: 'independent' } },
    config: chartConfig,
  } as TopLevelSpec;
}

/** The epoch whose weights were kept; of a run without scores the best so far, unless its protocol keeps the last. */
export function keptEpochOf({ config, epochs, scores }: RunHistory): { epoch: number; name: string } | undefined {
  if (scores) return { epoch: scores.keptEpoch, name: `kept: epoch ${scores.keptEpoch}` };
  if (config.experiment.protocol === 'paper') return undefined;
  const merit = ({ watched: { uar, loss } }: RunEpoch) => uar ?? -(loss ?? Number.POSITIVE_INFINITY);
  const best = epochs.reduce((a, b) => (merit(b) > merit(a) ? b : a)).epoch;
  return { epoch: best, name: `best so far: epoch ${best}` };
}

function panelsOf(run: RunHistory): Panel[] {
  const kept = keptEpochOf(run);
  const series = (name: string, figure: Figure): Series[] => {
    const noted = run.epochs.some((epoch) => figure(epoch) !== undefined);
    return noted ? [seriesOf(run, name, figure)] : [];
  };
  const panels: Panel[] = [
    {
      title: 'Loss',
      axis: lossAxis(run),
      series: [...series('training', ({ loss }) => loss), ...series('watched', ({ watched }) => watched.loss)],
      mark: kept,
    },
    {
      title: 'Watched examples',
      axis: 'accuracy, UAR',
      share: true,
      series: [
        ...series('UAR', ({ watched }) => watched.uar).map((uar) => ({ ...uar, ring: kept?.epoch })),
        ...series('accuracy', ({ watched }) => watched.accuracy),
      ],
      line: chanceOf(run),
      mark: kept,
    },
    {
      title: 'Learning rate',
      axis: 'learning rate',
      fromZero: true,
      format: '~g',
      series: series('learning rate', ({ learningRate }) => learningRate),
    },
    {
      title: 'Time',
      axis: 'seconds an epoch',
      fromZero: true,
      series: [
        ...series('whole epoch', ({ seconds }) => seconds),
        ...series('waited for batches', ({ waitedSeconds }) => waitedSeconds),
      ],
    },
    {
      title: 'Gradient norm',
      axis: 'L2 norm',
      fromZero: true,
      series: series('gradient norm', ({ gradientNorm }) => gradientNorm),
    },
    {
      title: 'Memory',
      axis: 'MB',
      fromZero: true,
      format: ',d',
      series: [
        ...series('resident', ({ memory }) => megabytes(memory?.rssBytes)),
        ...series('JavaScript heap', ({ memory }) => megabytes(memory?.heapBytes)),
      ],
    },
    {
      title: 'Tensors',
      axis: 'tensors alive',
      fromZero: true,
      format: ',d',
      series: series('tensors', ({ memory }) => memory?.tensors),
    },
  ];
  return panels.filter(({ series }) => series.length > 0);
}

const seriesOf = (run: RunHistory, name: string, figure: Figure): Series => ({
  name,
  points: run.epochs.map((epoch) => ({ epoch: epoch.epoch, value: figure(epoch) })),
});

function chanceOf({ config }: RunHistory): { name: string; value: number } {
  const value = 1 / config.corpus.labels.length;
  return { name: `chance UAR ${(100 * value).toFixed(1)} %`, value };
}

const megabytes = (bytes: number | null | undefined) => (typeof bytes === 'number' ? bytes / 1e6 : bytes);

/** An autoencoder's watched figures have no UAR. */
const lossAxis = ({ epochs }: RunHistory): string =>
  epochs[0].watched.uar === undefined ? 'mean squared error' : 'cross-entropy (nats)';
