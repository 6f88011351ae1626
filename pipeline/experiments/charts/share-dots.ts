import type { TopLevelSpec } from 'vega-lite';
import { pictureConfig } from './learning-curves.js';
import { colours } from './style.js';

/** A share of right answers and where it may lie, all 0…1. */
export interface ShareDot {
  name: string;
  share: number;
  low: number;
  high: number;
  examples: number;
  /** What the report has. */
  published?: { share: number; low: number; high: number };
}

/**
 * The share of right answers of each group, a row each, with its 95 % interval; the report's beside it.
 *
 * @param ours, @param theirs names in the legend, with the word "leaks" where they do
 * @param overall the share of all groups together, as a line
 */
export function shareDotsSpec(
  groups: readonly ShareDot[],
  { title, ours, theirs, overall }: { title: string; ours: string; theirs?: string; overall?: number },
): TopLevelSpec {
  const nameOf = ({ name, examples }: ShareDot) => `${name} (${examples})`;
  const names = groups.map(nameOf);
  const rows = groups.flatMap((group) => [
    { name: nameOf(group), kind: ours, share: group.share, low: group.low, high: group.high, offset: 'a' },
    ...(group.published && theirs ? [{ name: nameOf(group), kind: theirs, ...group.published, offset: 'b' }] : []),
  ]);
  const kinds = theirs && groups.some(({ published }) => published) ? [ours, theirs] : [ours];
  const two = kinds.length > 1;
  const y = {
    field: 'name',
    type: 'nominal',
    sort: names,
    title: null,
    axis: { labelLimit: 260, grid: true, ticks: false, domain: false },
  };
  const x = {
    type: 'quantitative',
    title: 'right answers, with 95 % interval',
    scale: { domain: [0, 1] },
    axis: { labelExpr: "format(100 * datum.value, 'd') + ' %'", values: [0, 0.25, 0.5, 0.75, 1] },
  };
  const placed = two ? { y, yOffset: { field: 'offset', type: 'nominal', scale: { paddingOuter: 0.4 } } } : { y };
  const styled = (range: readonly string[]) => ({
    field: 'kind',
    type: 'nominal',
    scale: { domain: kinds, range: range.slice(0, kinds.length) },
    legend: { title: null, orient: 'bottom', columns: 1 },
  });
  const color = styled([colours[0], colours[4]]);
  return {
    title: { text: title, frame: 'group', fontSize: 12, offset: 8 },
    width: 330,
    height: { step: two ? 20 : groups.length > 8 ? 20 : 34, for: two ? 'offset' : 'position' },
    data: { values: rows },
    layer: [
      ...(overall === undefined
        ? []
        : [
            {
              data: { values: [{ overall }] },
              mark: { type: 'rule', strokeDash: [2, 3], color: '#666' },
              encoding: { x: { ...x, field: 'overall' } },
            },
          ]),
      {
        mark: { type: 'rule', strokeWidth: 2 },
        encoding: { ...placed, x: { ...x, field: 'low' }, x2: { field: 'high' }, color },
      },
      {
        mark: { type: 'point', filled: true, size: 80, opacity: 1 },
        encoding: { ...placed, x: { ...x, field: 'share' }, color, shape: styled(['circle', 'diamond']) },
      },
    ],
    config: pictureConfig,
  } as TopLevelSpec;
}
