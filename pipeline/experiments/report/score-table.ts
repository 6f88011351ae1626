import { extent } from 'd3-array';
import type { Protocol } from '../../datasets/split.js';
import { type Cell, type DoneCell, isDone, minutesOf } from './cells.js';
import { type Block, type Inline, leaksMark, link, small } from './document/blocks.js';
import { duration, lossOf, percentOf } from './format.js';
import { published } from './published.js';
import { accuracyOf, cellsOf, type Figure, overWhat, type Summary, summarise, uarOf } from './summary.js';
import { nameOf } from './variants.js';

/** The row of the table of all runs where the runs of a variant under a protocol begin. */
export const runsAnchor = (variant: string, protocol: Protocol): string =>
  `runs-${variant.replaceAll('+', '-with-')}-${protocol}`;

/** A link from a number to the run that it came from, or to the list of its runs where there are several. */
export const runLink = (text: string, cells: readonly Pick<Cell, 'href' | 'variant' | 'protocol'>[]) =>
  link(text, cells.length === 1 ? cells[0].href : `#${runsAnchor(cells[0].variant, cells[0].protocol)}`);

/** Models in rows: the report's accuracy, ours under the same protocol, and ours on speakers that were never heard. */
export function scoreTable(
  {
    id,
    caption,
    variants,
    theirs = published.accuracy,
  }: { id: string; caption: Inline; variants: readonly string[]; theirs?: Readonly<Record<string, number>> },
  cells: readonly Cell[],
): Block {
  const rows = variants.map((variant) => {
    const paper = cellsOf(cells, variant, 'paper');
    const independent = cellsOf(cells, variant, 'speaker-independent');
    return [
      nameOf(variant),
      publishedCell(theirs[variant]),
      [scoreCell(paper, accuracyOf), effort(paper)],
      scoreCell(paper, uarOf),
      [scoreCell(independent, accuracyOf), effort(independent)],
      scoreCell(independent, uarOf),
    ];
  });
  const columns = [
    { title: 'Model' },
    { title: ['The report, paper (', leaksMark, '):\nbest accuracy'] },
    { title: ['Ours, paper (', leaksMark, '):\naccuracy'] },
    { title: ['Ours, paper (', leaksMark, '):\nUAR'] },
    { title: 'Ours, speaker-independent:\naccuracy' },
    { title: 'Ours, speaker-independent:\nUAR' },
  ];
  return { kind: 'table', id, caption, columns, rows };
}

function publishedCell(accuracy: number | undefined): Inline {
  return accuracy === undefined ? 'no number' : [`${asPrinted(accuracy)} %\u00a0`, leaksMark];
}

/** With two decimals, or three where the report has them. */
const asPrinted = (accuracy: number): string => (100 * accuracy).toFixed(3).replace(/0$/, '');

/** The mean of a figure with its deviation and what it is over, or why there is none. */
export function scoreCell(cells: readonly Cell[], figure: Figure, format = percentOf): Inline {
  const summary = summarise(cells, figure);
  if (!summary) return whyNone(cells);
  return [scoreNumber(summary, format), leakOf(summary.cells), '\n', small(overWhat(summary.cells)), lacking(cells)];
}

/** `45.2 ± 3.1 %`, a link to its runs. */
export const scoreNumber = ({ mean, deviation, cells }: Summary, format = percentOf): Inline =>
  runLink(format(mean, deviation), cells);

/** The warning where any of these runs leaks. */
export const leakOf = (cells: readonly DoneCell[]): Inline =>
  cells.some(({ scores }) => scores.leaks) ? ['\u00a0', leaksMark] : '';

/** Of the first run that has not ended; all others of it are told in the list of runs. */
export function whyNone(cells: readonly Cell[]): Inline {
  const order = ['training', 'failed', 'not run'];
  const [first] = [...cells].sort((a, b) => order.indexOf(a.state) - order.indexOf(b.state));
  if (!first) return small('not in this study');
  return first.state === 'not run' ? small(first.status) : [small(first.status), ' ', runLink('run', [first])];
}

/** How many of the planned runs are not in a mean. */
function lacking(cells: readonly Cell[]): Inline {
  const done = cells.filter(isDone).length;
  return done === cells.length ? '' : small(`, of ${cells.length} planned`);
}

/** `; epoch 12 to 15 of 15; 24 min; tensorflow`: what the runs of a score took. */
export function effort(cells: readonly Cell[]): Inline {
  const done = cells.filter(isDone);
  if (done.length === 0) return '';
  const [first, last] = extent(done, ({ scores }) => scores.keptEpoch) as [number, number];
  const [least, most] = extent(done, ({ scores }) => scores.epochs) as [number, number];
  const range = (low: number, high: number) => (low === high ? `${low}` : `${low} to ${high}`);
  const backends = [...new Set(done.map(({ config }) => config.backend))].join(', ');
  const minutes = duration(done.reduce((sum, cell) => sum + minutesOf(cell), 0));
  return small(`; epoch ${range(first, last)} of ${range(least, most)}; ${minutes}; ${backends}`);
}

/** Autoencoders' scores are losses. */
export const lossCell = (cells: readonly Cell[], figure: Figure): Inline => scoreCell(cells, figure, lossOf);
