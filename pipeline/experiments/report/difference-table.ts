import type { Protocol } from '../../datasets/split.js';
import type { Cell } from './cells.js';
import { type Block, type Inline, leaksMark, small } from './document/blocks.js';
import { counted, points, pointsInterval } from './format.js';
import { compareModels, type ModelDifference } from './model-difference.js';
import { leakOf, runLink } from './score-table.js';
import { bootstrapResamples, bootstrapSeed } from './statistics/clustered-bootstrap.js';
import { holdsZero, type Interval } from './statistics/wilson.js';
import { cellsOf, overWhat } from './summary.js';
import { nameOf } from './variants.js';

/** How differences were computed, for the note under their tables. */
export const howDifferences =
  'A difference is taken on the same test examples, run by run, in percentage points. Its 95 % interval is by a bootstrap ' +
  `over speakers (${bootstrapResamples} resamples, seed ${bootstrapSeed}): clips of a speaker, and noisy copies of a clip, ` +
  'are not independent. Where it holds 0, the difference is noise as far as these speakers can tell; of twenty differences ' +
  'without any effect one would still be called more. How much a model changes with the seed of its weights is not in the ' +
  'interval unless the study has several seeds.';

/** Models against another, under both protocols: what one has over the other, and whether that is noise. */
export function differenceTable(
  {
    id,
    caption,
    pairs,
  }: { id: string; caption: Inline; pairs: readonly (readonly [model: string, baseline: string])[] },
  cells: readonly Cell[],
): Block {
  const rows = pairs.flatMap(([model, baseline]) =>
    (['speaker-independent', 'paper'] as const).map((protocol) => differenceRow([model, baseline], protocol, cells)),
  );
  const columns = [
    { title: 'Model − baseline' },
    { title: 'Protocol' },
    { title: 'UAR, points' },
    { title: 'Accuracy, points' },
    { title: 'Right alone,\nmodel : baseline' },
    { title: 'So, by UAR' },
  ];
  return { kind: 'table', id, caption, columns, rows };
}

function differenceRow(
  [model, baseline]: readonly [string, string],
  protocol: Protocol,
  cells: readonly Cell[],
): Inline[] {
  const name = `${nameOf(model)} − ${nameOf(baseline)}`;
  const protocolCell: Inline = protocol === 'paper' ? ['paper ', leaksMark] : 'speaker-independent';
  const found = compareModels(
    cellsOf(cells, model, protocol),
    cellsOf(cells, baseline, protocol),
    `${model}/${baseline}/${protocol}`,
  );
  if (typeof found === 'string') return [name, protocolCell, small(found), '', '', ''];
  const leak = leakOf(found.pairs.flatMap(({ model, baseline }) => [model, baseline]));
  const difference = (value: number, interval: Interval | undefined): Inline => [
    runLink(
      points(value),
      found.pairs.map(({ model }) => model),
    ),
    leak,
    '\n',
    small(interval ? pointsInterval(interval) : 'no interval'),
  ];
  return [
    name,
    [
      protocolCell,
      '\n',
      small(`${overWhat(found.pairs.map(({ model }) => model))}, ${counted(found.speakers, 'speaker')}`),
    ],
    difference(found.uar, found.uarInterval),
    difference(found.accuracy, found.accuracyInterval),
    [`${found.modelAlone} : ${found.baselineAlone}`, '\n', small(`of ${counted(found.examples, 'example')}`), leak],
    verdict(found),
  ];
}

/** Whether a difference of two models is noise, by its UAR. */
export function verdict({
  uar,
  uarInterval,
  speakers,
}: Pick<ModelDifference, 'uar' | 'uarInterval' | 'speakers'>): string {
  if (!uarInterval) return `can’t be told from ${counted(speakers, 'speaker')}`;
  if (holdsZero(uarInterval)) return 'noise: the interval holds 0';
  return uar > 0 ? 'better, beyond noise' : 'worse, beyond noise';
}
