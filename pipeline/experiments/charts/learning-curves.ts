import type { TopLevelSpec } from 'vega-lite';
import type { RunEpoch } from '../run-history.js';
import { type Panel, panelSpec, type Series } from './panel.js';
import { chartConfig } from './style.js';

/** Up to so many epochs of a curve are drawn; of a longer one every n-th, and the last. */
export const CURVE_POINTS = 300;

type Config = NonNullable<TopLevelSpec['config']>;

/** Letters that can be read where two pictures share the width of a page. */
export const pictureConfig: Config = {
  ...chartConfig,
  padding: 12,
  axis: { ...chartConfig.axis, labelFontSize: 12, titleFontSize: 12 },
  legend: { ...chartConfig.legend, labelFontSize: 12, titleFontSize: 12 },
};

/** One panel over epochs as a picture of its own. */
export function curvesPicture(panel: Panel): TopLevelSpec {
  const lastEpoch = Math.max(1, ...panel.series.flatMap(({ points }) => points.map(({ epoch }) => epoch)));
  return { ...panelSpec(panel, lastEpoch, 400), config: pictureConfig } as TopLevelSpec;
}

/** A curve of a run; `kept` is ringed. */
export function curveOf(
  name: string,
  epochs: readonly RunEpoch[],
  figure: (epoch: RunEpoch) => number | null | undefined,
  kept?: number,
): Series {
  const step = Math.ceil(epochs.length / CURVE_POINTS);
  const drawn = epochs.filter(({ epoch }, i) => i % step === 0 || i === epochs.length - 1 || epoch === kept);
  return { name, points: drawn.map((epoch) => ({ epoch: epoch.epoch, value: figure(epoch) })), ring: kept };
}
