import type { ReportContext } from '../context.js';
import { verdict } from '../difference-table.js';
import { type Block, heading, type Inline, leaksMark, link, list, paragraph, strong } from '../document/blocks.js';
import { points, pointsInterval } from '../format.js';
import { compareModels } from '../model-difference.js';
import { runLink, scoreNumber } from '../score-table.js';
import { accuracyOf, bothProtocols, cellsOf, overWhat, summarise, uarOf } from '../summary.js';
import { nameOf } from '../variants.js';

/** The report's claims, and what is left of each on speakers that were never heard. */
const claims: readonly { claim: string; pair: readonly [model: string, baseline: string] }[] = [
  { claim: 'An LSTM after the CNN improves it', pair: ['cnn-lstm', 'cnn'] },
  { claim: 'Attention improves the CNN + LSTM further', pair: ['cnn-attention-lstm', 'cnn-lstm'] },
  { claim: 'An unsupervised representation improves the CNN', pair: ['cnn+fc-300', 'cnn'] },
  {
    claim: 'It improves CNN + attention based LSTM very little',
    pair: ['cnn-attention-lstm+fc-300', 'cnn-attention-lstm'],
  },
  { claim: 'Noisy copies improve the accuracy', pair: ['cnn', 'cnn-no-augmentation'] },
  { claim: 'The mel spectrogram is better than MFCC', pair: ['cnn', 'cnn-mfcc'] },
];

/** Section 5. */
export function conclusion({ cells }: ReportContext): Block[] {
  const items = claims.map(({ claim, pair: [model, baseline] }): Inline => {
    const found = compareModels(
      cellsOf(cells, model, 'speaker-independent'),
      cellsOf(cells, baseline, 'speaker-independent'),
      `${model}/${baseline}/speaker-independent`,
    );
    if (typeof found === 'string') return [strong(`${claim}: `), `can't be said yet, ${found}.`];
    const models = found.pairs.map(({ model }) => model);
    const interval = found.uarInterval ? `, 95 % interval ${pointsInterval(found.uarInterval)}` : '';
    return [
      strong(`${claim}: `),
      `${nameOf(model)} − ${nameOf(baseline)} is `,
      runLink(`${points(found.uar)} points of UAR`, models),
      `${interval} (${overWhat(models)}): ${verdict(found)}.`,
    ];
  });
  return [
    heading(2, 'conclusion', '5 Conclusion'),
    paragraph('What the report concludes, on speakers that were never heard:'),
    list(items),
  ];
}

/** Before all sections: the report's best plain recogniser under both protocols. */
export function inShort({ cells }: ReportContext): Block[] {
  const variant = 'cnn-attention-lstm';
  const of = (figure: typeof uarOf) =>
    bothProtocols.map((protocol) => summarise(cellsOf(cells, variant, protocol), figure));
  const [paper, independent] = of(accuracyOf);
  const [paperUar, independentUar] = of(uarOf);
  if (!paper || !independent || !paperUar || !independentUar) return [];
  return [
    heading(2, 'in-short', 'In short'),
    paragraph(
      `${nameOf(variant)}: accuracy `,
      scoreNumber(paper),
      ' and UAR ',
      scoreNumber(paperUar),
      ' under paper (',
      leaksMark,
      '), ',
      scoreNumber(independent),
      ' and ',
      scoreNumber(independentUar),
      ` speaker-independent (${overWhat(independent.cells)}); the report has 96.30 % accuracy under paper (`,
      leaksMark,
      '). What of that is remembering and what is recognising, only speakers that were never heard can tell. ',
      link('All models', '#models-compared'),
      ', ',
      link('what the report concludes and what is left of it', '#conclusion'),
      '.',
    ),
  ];
}
