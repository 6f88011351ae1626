import { deviation, mean } from 'd3-array';
import type { Protocol } from '../../datasets/split.js';
import type { RecognitionScores } from '../run-folder.js';
import { type Cell, type DoneCell, isDone } from './cells.js';

/** In the order in which the page has them: the report's own first. */
export const bothProtocols = ['paper', 'speaker-independent'] as const satisfies readonly Protocol[];

/** As it stands in captions and legends: one that leaks says so. */
export const protocolName = (protocol: Protocol): string => (protocol === 'paper' ? 'paper (leaks)' : protocol);

/** A figure over folds and seeds: each finished cell of a variant under a protocol counts once. */
export interface Summary {
  mean: number;
  /** Sample standard deviation over the cells; undefined for one cell. */
  deviation?: number;
  values: readonly number[];
  cells: readonly DoneCell[];
}

export type Figure = (cell: DoneCell) => number | null | undefined;

/** Undefined of an autoencoder. */
export const recognitionOf = ({ scores }: Cell): RecognitionScores | undefined =>
  scores && 'uar' in scores.test ? scores.test : undefined;

export const accuracyOf: Figure = (cell) => recognitionOf(cell)?.accuracy;
export const uarOf: Figure = (cell) => recognitionOf(cell)?.uar;
export const testLossOf: Figure = ({ scores }) => scores.test.loss;

/** The watched loss of the epoch that was kept: of validation speakers under `speaker-independent`. */
export const keptWatchedLossOf: Figure = ({ epochs, scores }) =>
  epochs.find(({ epoch }) => epoch === scores.keptEpoch)?.watched.loss;

export const cellsOf = (cells: readonly Cell[], variant: string, protocol: Protocol): Cell[] =>
  cells.filter((cell) => cell.variant === variant && cell.protocol === protocol);

/** Undefined where no cell has the figure. */
export function summarise(cells: readonly Cell[], figure: Figure): Summary | undefined {
  const found = cells.filter(isDone).flatMap((cell) => {
    const value = figure(cell);
    return typeof value === 'number' && Number.isFinite(value) ? [{ cell, value }] : [];
  });
  if (found.length === 0) return undefined;
  const values = found.map(({ value }) => value);
  return { mean: mean(values)!, deviation: deviation(values), values, cells: found.map(({ cell }) => cell) };
}

/** `2 folds`, `5 folds × 3 seeds`, `1 fold`: what a mean is over. */
export function overWhat(cells: readonly Pick<Cell, 'protocol' | 'fold' | 'seed'>[]): string {
  const folds = new Set(cells.map(({ fold }) => fold)).size;
  const seeds = new Set(cells.map(({ seed }) => seed)).size;
  const count = (n: number, one: string) => `${n} ${one}${n === 1 ? '' : 's'}`;
  if (cells[0]?.protocol === 'paper') return count(seeds, 'seed');
  if (seeds === 1) return count(folds, 'fold');
  const whole = folds * seeds === cells.length;
  return whole ? `${count(folds, 'fold')} × ${seeds} seeds` : `${cells.length} runs of ${count(folds, 'fold')}`;
}

/** The confusion of several cells, added up; undefined where none has one with the same labels. */
export function confusionOf(cells: readonly DoneCell[]): RecognitionScores['confusion'] | undefined {
  const confusions = cells.flatMap((cell) => recognitionOf(cell)?.confusion ?? []);
  if (confusions.length === 0) return undefined;
  const { labels } = confusions[0];
  const same = confusions.filter((confusion) => confusion.labels.join('\n') === labels.join('\n'));
  const counts = labels.map((_, i) => labels.map((_, j) => same.reduce((sum, { counts }) => sum + counts[i][j], 0)));
  return { labels, counts };
}
