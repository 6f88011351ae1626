import { extent } from 'd3-array';
import type { TopLevelSpec } from 'vega-lite';
import type { ChartTitle } from './curves.js';
import { chartConfig, colours, dashes } from './style.js';

/** One value a frame, the first at 0 s. */
export interface Track {
  name: string;
  values: readonly number[]; // (frames)
  frameSeconds: number;
}

/** Tracks of several clips over each other, each in a colour and dash of its own. */
export function overTimeSpec(tracks: readonly Track[], axis: string, title: ChartTitle): TopLevelSpec {
  const names = tracks.map(({ name }) => name);
  const legend = { title: null, orient: 'bottom', columns: 1, symbolType: 'stroke', symbolSize: 500 };
  const [low, high] = extent([0, ...tracks.flatMap(({ values }) => values)]) as [number, number];
  const margin = 0.03 * (high - low);
  return {
    title,
    width: 600,
    height: 220,
    data: {
      values: tracks.flatMap(({ name, values, frameSeconds }) =>
        values.map((value, t) => ({ name, time: Number((t * frameSeconds).toFixed(4)), value })),
      ),
    },
    mark: { type: 'line', strokeWidth: 1.5, strokeJoin: 'round' },
    encoding: {
      x: {
        field: 'time',
        type: 'quantitative',
        title: 'time (s)',
        scale: { nice: false },
        axis: { grid: false },
      },
      y: {
        field: 'value',
        type: 'quantitative',
        title: axis,
        scale: { domain: [low - margin, high + margin], nice: false },
      },
      color: { field: 'name', type: 'nominal', scale: { domain: names, range: colours }, legend },
      strokeDash: { field: 'name', type: 'nominal', scale: { domain: names, range: dashes }, legend },
    },
    config: chartConfig,
  } as TopLevelSpec;
}
