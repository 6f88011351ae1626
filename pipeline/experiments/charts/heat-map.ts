import type { Field } from 'vega-lite/types_unstable/channeldef.js';
import type { LayerSpec } from 'vega-lite/types_unstable/spec/layer.js';
import { encodeIndexedPng, SHADES, shadesBetween } from './indexed-png.js';
import { viridis } from './style.js';

export interface HeatMap {
  /** `values[row * columns + column]`, the lowest row first. */
  values: readonly number[]; // (rows, columns)
  rows: number;
  columns: number;
  /** Of the lowest row, and of those above it one more each: what the vertical axis counts. */
  firstRow: number;
  /** Distance of two columns, seconds; the first is centred on 0. */
  columnSeconds: number;
  /** Where the colours begin and end; what lies beyond has the last colour. */
  domain: readonly [number, number];
}

export interface HeatMapAxes {
  title: string;
  /** Title of the vertical axis. */
  axis: string;
  /** Title of the colour bar, with the unit. */
  colour: string;
  /** Where the time axis ends: the same for pictures that are compared. */
  seconds: number;
  width: number;
  height: number;
}

/** Bands over time in colour, as one embedded picture: a rectangle for each value would be a megabyte. */
export function heatMapSpec(map: HeatMap, { title, axis, colour, seconds, width, height }: HeatMapAxes) {
  const pixelsASecond = width / seconds;
  const { rows, columns, firstRow, columnSeconds, domain } = map;
  const stops = viridis.map((_, i) => domain[0] + ((domain[1] - domain[0]) * i) / (viridis.length - 1));
  return {
    title: { text: title, frame: 'group', fontSize: 12, offset: 8 },
    width,
    height,
    data: { values: domain.map((value) => ({ value, second: 0, row: firstRow })) },
    layer: [
      {
        mark: {
          type: 'image',
          url: `data:image/png;base64,${heatMapPng(map).toString('base64')}`,
          width: columns * columnSeconds * pixelsASecond,
          height,
          x: (-columnSeconds / 2) * pixelsASecond,
          y: 0,
          align: 'left',
          baseline: 'top',
          aspect: false,
          clip: true,
        },
      },
      {
        // Nothing to see: it is what the axes and the colour bar are made of.
        mark: { type: 'point', size: 0, opacity: 1 },
        encoding: {
          x: {
            field: 'second',
            type: 'quantitative',
            title: 'time (s)',
            scale: { domain: [0, seconds], nice: false },
            axis: { grid: false, tickCount: 5 },
          },
          y: {
            field: 'row',
            type: 'quantitative',
            title: axis,
            scale: { domain: [firstRow - 0.5, firstRow + rows - 0.5], nice: false },
            axis: { grid: false, tickCount: 6, tickMinStep: 1, labelFlush: 3 },
          },
          color: {
            field: 'value',
            type: 'quantitative',
            scale: { domain: stops, range: viridis, interpolate: 'rgb', nice: false },
            legend: {
              title: colour,
              titleOrient: 'right',
              titleFontSize: 10,
              titleFontWeight: 'normal',
              titleLimit: 0,
              titlePadding: 4,
              gradientLength: height,
              gradientThickness: 9,
              tickCount: 4,
              offset: 8,
            },
          },
        },
      },
    ],
  } as LayerSpec<Field>;
}

/** The highest row on top, each value in one of 256 shades of viridis. */
export function heatMapPng({ values, rows, columns, domain: [from, to] }: HeatMap): Buffer {
  const pixels = new Uint8Array(rows * columns);
  for (let row = 0; row < rows; row++)
    for (let column = 0; column < columns; column++) {
      const share = (values[row * columns + column] - from) / (to - from);
      pixels[(rows - 1 - row) * columns + column] = Math.round((SHADES - 1) * Math.min(1, Math.max(0, share)));
    }
  return encodeIndexedPng({ width: columns, height: rows, pixels, palette });
}

const palette = shadesBetween(viridis);
