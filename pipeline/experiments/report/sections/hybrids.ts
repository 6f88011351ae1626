import type { ReportContext } from '../context.js';
import { differenceTable } from '../difference-table.js';
import { type Block, heading, note } from '../document/blocks.js';
import { published } from '../published.js';
import { scoreTable } from '../score-table.js';
import { attentionHybrids, cnnHybrids } from '../variants.js';
import { comparedBoth } from './recognisers.js';

/** Sections 4.5.3 and 4.5.4: recognisers in parallel with an encoder. */
export function hybridSections(context: ReportContext): Block[] {
  const { cells } = context;
  const onCnn = ['cnn-attention-lstm', ...cnnHybrids];
  const onAttention = ['cnn-attention-lstm', ...attentionHybrids];
  return [
    heading(4, 'hybrids-cnn', '4.5.3 Adding Unsupervised Representation to the CNN Model'),
    ...comparedBoth(
      onCnn,
      'figure-25',
      'Figure 25. CNN models with unsupervised representation from different autoencoders, on test',
      context,
    ),
    scoreTable(
      {
        id: 'table-6',
        caption: 'Table 6. CNN models with unsupervised representation from different autoencoders',
        variants: onCnn,
        theirs: published.hybrids,
      },
      cells,
    ),
    differenceTable(
      {
        id: 'table-6-differences',
        caption: 'What the representation adds to the CNN, and what it has over attention',
        pairs: cnnHybrids.flatMap((hybrid) => [[hybrid, 'cnn'] as const, [hybrid, 'cnn-attention-lstm'] as const]),
      },
      cells,
    ),
    heading(
      4,
      'hybrids-attention',
      '4.5.4 Effectiveness of Adding Unsupervised Representation to CNN + Attention based LSTM model',
    ),
    note('The report’s Table 7 is a picture of curves and gives no numbers: “the improvement … is very little”.'),
    ...comparedBoth(
      onAttention,
      'table-7-curves',
      'Table 7 (pictures). CNN + attention based LSTM models with unsupervised representation, on test',
      context,
    ),
    scoreTable(
      {
        id: 'table-7',
        caption:
          'Table 7. CNN + attention based LSTM models with unsupervised representation from different autoencoders',
        variants: onAttention,
        theirs: {},
      },
      cells,
    ),
    differenceTable(
      {
        id: 'table-7-differences',
        caption: 'What the representation adds to CNN + attention based LSTM',
        pairs: attentionHybrids.map((hybrid) => [hybrid, 'cnn-attention-lstm'] as const),
      },
      cells,
    ),
  ];
}
