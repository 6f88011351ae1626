import type { Field } from 'vega-lite/types_unstable/channeldef.js';
import type { LayerSpec } from 'vega-lite/types_unstable/spec/layer.js';
import { colours, cycle, dashes, shapes } from './style.js';

/** A curve: one value an epoch; `null` and what is not finite is a gap. */
export interface Series {
  name: string;
  points: readonly { epoch: number; value: number | null | undefined }[];
  /** An epoch to ring on the curve. */
  ring?: number;
}

export interface Panel {
  title: string;
  /** Title of the vertical axis, with the unit. */
  axis: string;
  series: readonly Series[];
  /** Values are shares 0…1, shown on an axis of 0 to 100 %. */
  share?: boolean;
  /** The axis begins at 0: for what is measured from there, such as seconds. */
  fromZero?: boolean;
  /** d3-format of the axis' figures. */
  format?: string;
  /** A dotted line across, named in the legend. */
  line?: { name: string; value: number };
  /** False where another panel shows the same names. */
  legend?: boolean;
  /** Default: one for long names, otherwise as many as there are names. */
  legendColumns?: number;
  /** A line at an epoch, with its name above. */
  mark?: { epoch: number; name: string };
}

/** `50 %`, as percentages are written everywhere here. */
export const percentLabel = "format(100 * datum.value, 'd') + ' %'";

/** Up to so many epochs each has a point; more would be a caterpillar. */
const POINTS_UP_TO = 60;

const DOTTED = [1, 3];

/** A panel over epochs 1 to `lastEpoch`, `width` × 200 px without its axes. */
export function panelSpec(panel: Panel, lastEpoch: number, width = 360): LayerSpec<Field> {
  const { title, axis, series, share, fromZero, format, line, mark } = panel;
  const names = [...series.map(({ name }) => name), ...(line ? [line.name] : [])];
  const range = <T>(list: readonly T[], ofLine: T) => [
    ...series.map((_, i) => cycle(list, i)),
    ...(line ? [ofLine] : []),
  ];
  const columns = panel.legendColumns ?? (names.join('').length > 60 ? 1 : names.length);
  const single = lastEpoch === 1; // lines have no length then: the legend shows points
  const shown = names.length > 1 && panel.legend !== false;
  const symbols = single ? {} : { symbolType: 'stroke', symbolSize: 500 };
  const legend = shown ? { title: null, orient: 'bottom', columns, ...symbols } : null;
  const x = {
    field: 'epoch',
    type: 'quantitative',
    title: 'epoch',
    // A single epoch stands in the middle.
    scale: { domain: lastEpoch > 1 ? [1, lastEpoch] : [0, 2], nice: false },
    axis: { grid: false, tickMinStep: 1, format: 'd', ...(lastEpoch > 1 ? {} : { values: [1] }) },
  } as const;
  const y = {
    field: 'value',
    type: 'quantitative',
    title: axis,
    scale: share ? { domain: [0, 1] } : { zero: fromZero ?? false, nice: true },
    axis: { tickCount: 5, ...(share ? { labelExpr: percentLabel } : { format: format ?? '~r' }) },
  } as const;
  const color = { field: 'series', type: 'nominal', scale: { domain: names, range: range(colours, '#666') }, legend };
  const strokeDash = { ...color, scale: { domain: names, range: range(dashes, DOTTED) } };
  const shape = { ...color, scale: { domain: names, range: range(shapes, 'stroke') } };
  const curves = single
    ? [{ mark: point, encoding: { x, y, color, shape } }]
    : [
        { mark: { ...curve, strokeWidth: lastEpoch > 300 ? 1.2 : 1.8 }, encoding: { x, y, color, strokeDash } },
        ...series.map(({ name }, i) => ({
          transform: [{ filter: `datum.point && datum.series === ${JSON.stringify(name)}` }],
          mark: { ...point, shape: cycle(shapes, i), size: lastEpoch > 30 ? 18 : 32 },
          encoding: { x, y, color },
        })),
      ];
  const rows = rowsOf(series, lastEpoch);
  const empty = rows.every(({ value }) => value === null);
  return {
    title: { text: empty ? `${title}: no finite figure` : title, frame: 'group', fontSize: 12, offset: mark ? 20 : 8 },
    width,
    height: 200,
    data: { values: rows },
    layer: [
      ...(mark ? [markSpec(mark, lastEpoch, x.scale)] : []),
      ...curves,
      {
        transform: [{ filter: 'datum.ring' }],
        mark: { type: 'point', shape: 'circle', filled: false, size: 150, strokeWidth: 1.5, color: '#000' },
        encoding: { x, y },
      },
      ...(line ? [{ data: { values: lineRows(line, lastEpoch) }, mark: lineMark, encoding: { x, y, color } }] : []),
    ],
  } as LayerSpec<Field>;
}

const curve = { type: 'line', invalid: 'break-paths-show-path-domains' } as const;
const point = { type: 'point', filled: true, size: 32, opacity: 1 } as const;
const lineMark = { type: 'line', strokeWidth: 1.5, strokeDash: DOTTED } as const;

function rowsOf(series: readonly Series[], lastEpoch: number): Record<string, unknown>[] {
  // What is drawn last is on top: the first series.
  return [...series].reverse().flatMap(({ name, points, ring }) => {
    const finite = points.map(({ value }) => typeof value === 'number' && Number.isFinite(value));
    return points.map(({ epoch, value }, i) => ({
      epoch,
      series: name,
      value: finite[i] ? value : null,
      // A value with gaps on both sides would be a line of no length.
      point: finite[i] && (lastEpoch <= POINTS_UP_TO || !(finite[i - 1] || finite[i + 1])),
      ring: finite[i] && epoch === ring,
    }));
  });
}

const lineRows = ({ name, value }: { name: string; value: number }, lastEpoch: number) =>
  (lastEpoch > 1 ? [1, lastEpoch] : [0, 2]).map((epoch) => ({ epoch, series: name, value }));

/** A vertical line, its name above the panel's frame, where no curve is. */
function markSpec({ epoch, name }: { epoch: number; name: string }, lastEpoch: number, scale: object) {
  const share = lastEpoch > 1 ? (epoch - 1) / (lastEpoch - 1) : 0.5;
  const align = share < 0.2 ? 'left' : share > 0.8 ? 'right' : 'center';
  const x = { datum: epoch, type: 'quantitative', scale };
  return {
    data: { values: [{}] },
    layer: [
      { mark: { type: 'rule', color: '#888', strokeWidth: 1 }, encoding: { x } },
      {
        mark: { type: 'text', text: name, align, baseline: 'bottom', dy: -3, fontSize: 10, color: '#444' },
        encoding: { x, y: { value: 0 } },
      },
    ],
  };
}
