import type { Config } from 'vega-lite';

/** DejaVu Sans first, which the PNG is drawn with: an SVG then looks alike wherever that font is installed. */
export const fontFamily = 'DejaVu Sans, Verdana, Helvetica, Arial, sans-serif';

/** Okabe and Ito's colours (2008), which are told apart with any colour vision, in an order of falling contrast; no yellow. */
export const colours = ['#0072b2', '#d55e00', '#009e73', '#cc79a7', '#000000', '#56b4e9', '#e69f00'];

/** Series differ in dash too, for print without colour; five, so that with seven colours 35 series differ. */
export const dashes = [
  [1, 0],
  [6, 3],
  [8, 3, 2, 3],
  [12, 4],
  [3, 3],
];

export const shapes = ['circle', 'square', 'triangle-up', 'diamond', 'cross'];

/** Viridis (S. van der Walt, N. Smith, 2015, CC0), every 32nd of 256: equal steps look equal, in print without colour too. */
export const viridis = [
  '#440154',
  '#472d7b',
  '#3b528b',
  '#2c728e',
  '#21918c',
  '#28ae80',
  '#5dc963',
  '#abdc32',
  '#fde725',
];

export const chartConfig: Config = {
  background: 'white',
  font: fontFamily,
  padding: 16,
  title: { anchor: 'start', fontSize: 14, subtitleFontSize: 11, subtitleColor: '#444', subtitlePadding: 5, offset: 16 },
  axis: { labelFontSize: 10, titleFontSize: 11, titleFontWeight: 'normal', gridColor: '#e4e4e4', domainColor: '#666' },
  legend: { labelFontSize: 11, labelLimit: 0, symbolSize: 90, symbolStrokeWidth: 2 },
  view: { stroke: '#ccc' },
};

/** The `i`-th of a list that starts over when it ends. */
export const cycle = <T>(list: readonly T[], i: number): T => list[i % list.length];
