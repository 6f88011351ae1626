import type { TopLevelSpec } from 'vega-lite';
import type { ChartTitle } from './curves.js';
import { percentLabel } from './panel.js';
import { chartConfig } from './style.js';

/**
 * A confusion matrix: rows are what is true, columns what was answered. A cell's shade and percentage are its share of the
 * row, so the diagonal is recall; below it the count.
 *
 * @param counts `counts[truth][answer]`, (labels, labels)
 */
export function confusionSpec(
  { labels, counts }: { labels: readonly string[]; counts: readonly (readonly number[])[] },
  title: ChartTitle,
): TopLevelSpec {
  const totals = counts.map((row) => row.reduce((a, b) => a + b, 0));
  const rowName = (i: number) => `${labels[i]} (${totals[i]})`;
  const values = counts.flatMap((row, truth) =>
    row.map((count, answer) => ({
      truth: rowName(truth),
      answer: labels[answer],
      share: totals[truth] === 0 ? 0 : count / totals[truth],
      percent: totals[truth] === 0 ? '–' : `${((100 * count) / totals[truth]).toFixed(0)} %`,
      count,
    })),
  );
  const cell = 54;
  const ink = {
    condition: [
      { test: 'datum.share > 0.55', value: 'white' },
      { test: 'datum.count === 0', value: '#767676' },
    ],
    value: '#111',
  };
  return {
    title,
    width: cell * labels.length,
    height: cell * labels.length,
    data: { values },
    encoding: {
      x: {
        field: 'answer',
        type: 'nominal',
        sort: null,
        title: 'answered',
        axis: { orient: 'bottom', labelAngle: -40, labelLimit: 0, ticks: false, domain: false },
      },
      y: {
        field: 'truth',
        type: 'nominal',
        sort: null,
        title: 'true (examples)',
        axis: { labelLimit: 0, ticks: false, domain: false },
      },
    },
    layer: [
      {
        mark: { type: 'rect', stroke: 'white', strokeWidth: 1 },
        encoding: {
          color: {
            field: 'share',
            type: 'quantitative',
            // One hue from light to dark: read alike with any colour vision, and in print.
            scale: { domain: [0, 1], range: ['#f4f7fb', '#08306b'] },
            legend: {
              title: 'share of row',
              labelExpr: percentLabel,
              gradientLength: Math.min(200, cell * labels.length),
              titlePadding: 8,
            },
          },
        },
      },
      { mark: { type: 'text', fontSize: 12, dy: -6 }, encoding: { text: { field: 'percent' }, color: ink } },
      { mark: { type: 'text', fontSize: 10, dy: 10 }, encoding: { text: { field: 'count' }, color: ink } },
    ],
    config: { ...chartConfig, axis: { ...chartConfig.axis, labelFontSize: 11, titleFontSize: 12 } },
  } as TopLevelSpec;
}
