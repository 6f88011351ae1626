import type { Protocol } from '../../datasets/split.js';
import { curveOf, curvesPicture } from '../charts/learning-curves.js';
import type { Panel } from '../charts/panel.js';
import type { RunEpoch } from '../run-history.js';
import { type Cell, isDone } from './cells.js';
import { type Block, type Inline, note, type Picture } from './document/blocks.js';
import { runLink, whyNone } from './score-table.js';
import { bothProtocols, cellsOf, protocolName } from './summary.js';
import { shortNameOf } from './variants.js';

/** Which figure of an epoch is drawn, and its axis. */
export interface Curve {
  axis: string;
  share: boolean;
  training?: (epoch: RunEpoch) => number | null | undefined;
  watched: (epoch: RunEpoch) => number | null | undefined;
}

export const accuracyCurve: Curve = {
  axis: 'accuracy',
  share: true,
  training: ({ accuracy }) => accuracy,
  watched: ({ watched }) => watched.accuracy,
};
export const uarCurve: Curve = { axis: 'UAR', share: true, watched: ({ watched }) => watched.uar };
export const lossCurve: Curve = {
  axis: 'cross-entropy (nats)',
  share: false,
  training: ({ loss }) => loss,
  watched: ({ watched }) => watched.loss,
};
export const reconstructionCurve: Curve = {
  ...lossCurve,
  axis: 'MSE, normalised features',
};

interface FigureText {
  id: string;
  caption: string;
  curve: Curve;
}

/** Training and test curves of a variant: a picture for each protocol, of the first run that has an epoch. */
export function learningFigure(variant: string, { id, caption, curve }: FigureText, cells: readonly Cell[]): Block {
  return figure(id, caption, [variant], cells, curve, (cell) => {
    const kept = isDone(cell) ? cell.scores.keptEpoch : undefined;
    return [
      ...(curve.training ? [curveOf('training, with dropout at work', cell.epochs, curve.training)] : []),
      curveOf(watchedName(cell), cell.epochs, curve.watched, kept),
    ];
  });
}

/** The watched curves of several variants in one picture for each protocol. */
export function comparisonFigure(
  variants: readonly string[],
  { id, caption, curve }: FigureText,
  cells: readonly Cell[],
  name: (variant: string) => string = shortNameOf,
): Block {
  return figure(id, caption, variants, cells, curve, (cell) => [
    curveOf(name(cell.variant), cell.epochs, curve.watched, isDone(cell) ? cell.scores.keptEpoch : undefined),
  ]);
}

/** Training and watched curves of two variants, to see what a setting does. */
export function contrastFigure(
  variants: readonly string[],
  { id, caption, curve }: FigureText,
  cells: readonly Cell[],
  name: (variant: string) => string = shortNameOf,
): Block {
  return figure(id, caption, variants, cells, curve, (cell) => [
    ...(curve.training ? [curveOf(`${name(cell.variant)}: training`, cell.epochs, curve.training)] : []),
    curveOf(`${name(cell.variant)}: ${watchedShort(cell)}`, cell.epochs, curve.watched),
  ]);
}

function figure(
  id: string,
  caption: string,
  variants: readonly string[],
  cells: readonly Cell[],
  curve: Curve,
  seriesOf: (cell: Cell) => Panel['series'],
): Block {
  const drawn = bothProtocols.map((protocol) => ({
    protocol,
    cells: variants.flatMap((variant) => firstWithEpochs(cellsOf(cells, variant, protocol))),
  }));
  const missing = bothProtocols.flatMap((protocol) =>
    variants.flatMap((variant): Inline[] => {
      const own = cellsOf(cells, variant, protocol);
      if (firstWithEpochs(own).length > 0) return [];
      return [[`; ${variant}, ${protocolName(protocol)}: `, whyNone(own)]];
    }),
  );
  const pictures = drawn.flatMap(({ protocol, cells }) =>
    cells.length > 0 ? [picture(`${id}-${protocol}`, protocol, cells, curve, seriesOf)] : [],
  );
  if (pictures.length === 0) return note(caption, ': nothing to draw', missing);
  const sources = drawn.filter(({ cells }) => cells.length > 0).map(({ protocol, cells }) => runsOf(protocol, cells));
  const runs = sources.flatMap((source, i): Inline[] => [i > 0 ? '; ' : '', source]);
  return { kind: 'figure', id, caption: [caption, '. Runs: ', ...runs, missing, '.'], pictures };
}

/** `paper (leaks): cnn, cnn-lstm`, each a link. */
function runsOf(protocol: Protocol, cells: readonly Cell[]): Inline {
  const [first] = cells;
  const name = `${protocolName(protocol)}${protocol === 'paper' ? '' : ` fold ${first.fold}`}`;
  const links = cells.flatMap((cell, i): Inline[] => [i > 0 ? ', ' : '', runLink(cell.variant, [cell])]);
  return [`${name}, seed ${first.seed}: `, ...links];
}

function picture(
  name: string,
  protocol: Protocol,
  cells: readonly Cell[],
  { axis, share }: Curve,
  seriesOf: (cell: Cell) => Panel['series'],
): Picture {
  const [first] = cells;
  const title =
    protocol === 'paper' ? 'paper (leaks): the test side' : `speaker-independent, fold ${first.fold}: validation`;
  const series = cells.flatMap(seriesOf);
  const chance = share && first.config ? 1 / first.config.corpus.labels.length : undefined;
  const line = chance === undefined ? undefined : { name: `chance ${(100 * chance).toFixed(1)} %`, value: chance };
  const last = series.map(({ name, points }) => {
    const { epoch, value } = points.at(-1)!;
    return `${name} ends at ${value?.toPrecision(3) ?? 'no number'} in epoch ${epoch}`;
  });
  return {
    name,
    description: `${axis} over epochs; ${title}. ${last.join('; ')}.`,
    spec: curvesPicture({ title, axis, share, series, line, legendColumns: 1 }),
  };
}

const firstWithEpochs = (cells: readonly Cell[]): Cell[] => {
  const found =
    cells.find((cell) => isDone(cell) && cell.epochs.length > 0) ?? cells.find(({ epochs }) => epochs.length > 0);
  return found ? [found] : [];
};

const watchedName = (cell: Cell): string =>
  cell.protocol === 'paper' ? 'test side, copies trained on (leaks)' : 'validation speakers';
const watchedShort = (cell: Cell): string => (cell.protocol === 'paper' ? 'test (leaks)' : 'validation');
