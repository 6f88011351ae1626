import { scoreDotsSpec } from '../../charts/score-dots.js';
import { isDone } from '../cells.js';
import type { ReportContext } from '../context.js';
import { differenceTable } from '../difference-table.js';
import { type Block, heading, note, type Picture } from '../document/blocks.js';
import { percent } from '../format.js';
import { published } from '../published.js';
import { scoreTable } from '../score-table.js';
import { accuracyOf, cellsOf, summarise, uarOf } from '../summary.js';
import { recognisers, shortNameOf } from '../variants.js';

/** Section 4.6.1: all models, and Table 8. */
export function improvements(context: ReportContext): Block[] {
  const { cells } = context;
  return [
    heading(4, 'improvements', '4.6.1 Improvements on CNN based Model'),
    ...modelsCompared(context),
    scoreTable(
      {
        id: 'table-8',
        caption: 'Table 8. All model architectures',
        variants: ['cnn', 'cnn-lstm', 'cnn-attention-lstm', 'cnn+fc-300'],
      },
      cells,
    ),
    differenceTable(
      {
        id: 'table-8-differences',
        caption: 'Each step of Table 8, and each model against the baseline',
        pairs: [
          ['cnn-lstm', 'cnn'],
          ['cnn-attention-lstm', 'cnn-lstm'],
          ['cnn-attention-lstm', 'cnn'],
          ['cnn+fc-300', 'cnn-attention-lstm'],
          ['cnn+fc-300', 'cnn'],
        ],
      },
      cells,
    ),
  ];
}

function modelsCompared({ cells }: ReportContext): Block[] {
  const variants = recognisers.filter((variant) => cells.some((cell) => cell.variant === variant));
  const picture = (axis: string, figure: typeof accuracyOf, theirs: Readonly<Record<string, number>>): Picture[] => {
    const rows = variants.map((variant) => ({
      name: shortNameOf(variant),
      speakerIndependent: summarise(cellsOf(cells, variant, 'speaker-independent'), figure),
      paper: summarise(cellsOf(cells, variant, 'paper'), figure)?.mean,
      published: theirs[variant],
    }));
    if (rows.every(({ speakerIndependent, paper }) => !speakerIndependent && paper === undefined)) return [];
    const labels = cells.find(isDone)?.config?.corpus.labels.length;
    const told = rows.flatMap(({ name, speakerIndependent, paper }) => [
      ...(speakerIndependent ? [`${name} speaker-independent ${percent(speakerIndependent.mean)}`] : []),
      ...(paper === undefined ? [] : [`${name} paper (leaks) ${percent(paper)}`]),
    ]);
    return [
      {
        name: `models-${axis.toLowerCase()}`,
        description: `Test ${axis} of each model: ${told.join('; ')}.`,
        spec: scoreDotsSpec(rows, `test ${axis}`, labels && 1 / labels),
      },
    ];
  };
  const pictures = [
    ...picture('accuracy', accuracyOf, { ...published.hybrids, ...published.accuracy }),
    ...picture('UAR', uarOf, {}),
  ];
  if (pictures.length === 0) return [note('No recogniser has ended yet.')];
  return [
    {
      kind: 'figure',
      id: 'models-compared',
      caption:
        'All models. Dot: mean over folds and seeds, on speakers that were never heard; bar: ± its standard deviation; ticks: the runs. ' +
        'Squares and diamonds are from the protocol that leaks and are no measure of how well emotion is recognised. The report has no UAR.',
      pictures,
    },
  ];
}
