import type { ReportContext } from '../context.js';
import { accuracyCurve, comparisonFigure, learningFigure, lossCurve, uarCurve } from '../curve-figures.js';
import { differenceTable, howDifferences } from '../difference-table.js';
import { type Block, heading, note } from '../document/blocks.js';
import { scoreTable } from '../score-table.js';
import { cnnDesign } from './layers.js';

/** Sections 4.2 to 4.4: the three recognisers. */
export function recogniserSections(context: ReportContext): Block[] {
  const { cells } = context;
  return [
    heading(3, 'baseline', '4.2 Baseline 2D CNN'),
    cnnDesign(context),
    learningFigure(
      'cnn',
      { id: 'figure-14', caption: 'Figure 14. 2D CNN: train & test accuracy', curve: accuracyCurve },
      cells,
    ),
    learningFigure(
      'cnn',
      { id: 'figure-15', caption: 'Figure 15. 2D CNN: train & test loss', curve: lossCurve },
      cells,
    ),
    note(
      'Training figures are means over an epoch’s steps, with dropout at work, so they lie below what the same weights ',
      'would score; the ring is the epoch that was kept.',
    ),
    scoreTable({ id: 'scores-cnn', caption: 'Model testing accuracy, 2D CNN', variants: ['cnn'] }, cells),
    heading(3, 'cnn-lstm', '4.3 CNN + LSTM'),
    learningFigure(
      'cnn-lstm',
      { id: 'figure-16', caption: 'Figure 16. CNN + LSTM: training & testing accuracy', curve: accuracyCurve },
      cells,
    ),
    learningFigure(
      'cnn-lstm',
      { id: 'figure-17', caption: 'Figure 17. CNN + LSTM: training & testing loss', curve: lossCurve },
      cells,
    ),
    ...comparedBoth(['cnn', 'cnn-lstm'], 'figure-18', 'Figure 18. Baseline CNN and CNN + LSTM on test', context),
    scoreTable({ id: 'scores-cnn-lstm', caption: 'Model accuracy, CNN + LSTM', variants: ['cnn', 'cnn-lstm'] }, cells),
    differenceTable({ id: 'differences-cnn-lstm', caption: 'What the LSTM adds', pairs: [['cnn-lstm', 'cnn']] }, cells),
    note(howDifferences),
    heading(3, 'cnn-attention-lstm', '4.4 CNN + Attention based LSTM'),
    learningFigure(
      'cnn-attention-lstm',
      {
        id: 'figure-19',
        caption: 'Figure 19. CNN + attention based LSTM: training and testing accuracy',
        curve: accuracyCurve,
      },
      cells,
    ),
    learningFigure(
      'cnn-attention-lstm',
      {
        id: 'figure-20',
        caption: 'Figure 20. CNN + attention based LSTM: training and testing loss',
        curve: lossCurve,
      },
      cells,
    ),
    ...comparedBoth(
      ['cnn', 'cnn-lstm', 'cnn-attention-lstm'],
      'figure-21',
      'Figure 21. Baseline CNN, CNN + LSTM and CNN + attention based LSTM on test',
      context,
    ),
    scoreTable(
      {
        id: 'scores-attention',
        caption: 'Model accuracy, CNN + attention based LSTM',
        variants: ['cnn-lstm', 'cnn-attention-lstm'],
      },
      cells,
    ),
    differenceTable(
      {
        id: 'differences-attention',
        caption: 'What attention adds',
        pairs: [
          ['cnn-attention-lstm', 'cnn-lstm'],
          ['cnn-attention-lstm', 'cnn'],
        ],
      },
      cells,
    ),
  ];
}

/** A comparison by accuracy, as in the report, and by UAR. */
export function comparedBoth(
  variants: readonly string[],
  id: string,
  caption: string,
  { cells }: ReportContext,
): Block[] {
  return [
    comparisonFigure(variants, { id, caption: `${caption}: accuracy`, curve: accuracyCurve }, cells),
    comparisonFigure(variants, { id: `${id}-uar`, caption: `${caption}: UAR`, curve: uarCurve }, cells),
  ];
}
