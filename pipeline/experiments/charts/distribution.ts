import { quantile } from 'd3-array';
import type { TopLevelSpec } from 'vega-lite';
import type { ChartTitle } from './curves.js';
import { chartConfig, colours } from './style.js';

export interface DistributionGroup {
  /** Where it stands on the horizontal axis. */
  category: string;
  /** Which of the boxes that stand there side by side. */
  series: string;
  values: readonly number[];
}

export interface DistributionAxis {
  /** With the unit. */
  title: string;
  /** Figures on a logarithmic axis, for what is heard in ratios, such as pitch; without them it is linear. */
  logarithmicTicks?: readonly number[];
}

export interface Box {
  n: number;
  p10: number;
  p25: number;
  median: number;
  p75: number;
  p90: number;
}

/** The five numbers that a box shows; undefined for no values. */
export function boxOf(values: readonly number[]): Box | undefined {
  if (values.length === 0) return undefined;
  const [p10, p25, median, p75, p90] = [0.1, 0.25, 0.5, 0.75, 0.9].map((share) => quantile(values, share)!);
  return { n: values.length, p10, p25, median, p75, p90 };
}

/**
 * How values spread, a box for each category and series: the line is the median, the box holds the middle half, the
 * whiskers the middle four fifths, and the number below is n. Boxes of the second series are hollow.
 */
export function distributionSpec(
  groups: readonly DistributionGroup[],
  axis: DistributionAxis,
  title: ChartTitle,
): TopLevelSpec {
  const values = groups.flatMap(({ category, series, values }) => {
    const box = boxOf(values);
    return box ? [{ category, series, ...box }] : [];
  });
  const categories = [...new Set(groups.map(({ category }) => category))];
  const series = [...new Set(groups.map(({ series }) => series))];
  const low = Math.min(...values.map(({ p10 }) => p10));
  const high = Math.max(...values.map(({ p90 }) => p90));
  const domain = axis.logarithmicTicks
    ? [low / 1.12, high * 1.06]
    : [low - 0.12 * (high - low), high + 0.05 * (high - low)];
  const y = (field: string) => ({
    field,
    type: 'quantitative',
    title: axis.title,
    scale: axis.logarithmicTicks ? { type: 'log', domain, nice: false } : { domain, zero: false, nice: false },
    axis: axis.logarithmicTicks ? { values: axis.logarithmicTicks } : { tickCount: 6 },
  });
  const fills = series.map((_, i) => (i % 2 === 0 ? lighter[i % lighter.length] : 'white'));
  const legend = { title: null, orient: 'top', symbolType: 'square', symbolSize: 160, symbolStrokeWidth: 1.5 };
  const stroke = { field: 'series', type: 'nominal', scale: { domain: series, range: colours }, legend };
  return {
    title,
    width: { step: 34 },
    height: 260,
    data: { values },
    encoding: {
      x: {
        field: 'category',
        type: 'nominal',
        sort: categories,
        title: null,
        scale: { paddingInner: 0.25, paddingOuter: 0.15 },
        axis: { labelAngle: 0, labelFontSize: 11, labelLimit: 0, ticks: false, labelPadding: 6 },
      },
      xOffset: { field: 'series', type: 'nominal', sort: series, scale: { paddingInner: 0.2 } },
    },
    layer: [
      { mark: { type: 'rule', strokeWidth: 1.5 }, encoding: { y: y('p10'), y2: { field: 'p90' }, stroke } },
      {
        mark: { type: 'bar', strokeWidth: 1.5, fillOpacity: 1 },
        encoding: {
          y: y('p25'),
          y2: { field: 'p75' },
          stroke,
          fill: { field: 'series', type: 'nominal', scale: { domain: series, range: fills }, legend },
        },
      },
      {
        mark: { type: 'tick', filled: false, thickness: 0, strokeWidth: 3, opacity: 1 },
        encoding: { y: y('median'), stroke },
      },
      {
        mark: { type: 'text', fontSize: 9, color: '#444', baseline: 'bottom', dy: -3 },
        encoding: { y: { value: 260 }, text: { field: 'n' } },
      },
    ],
    config: chartConfig,
  } as TopLevelSpec;
}

/** The first of `colours`, mixed with white. */
const lighter = ['#b3d5e8', '#f3cfb3', '#b3dccf'];
