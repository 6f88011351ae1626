import { isDone } from '../cells.js';
import type { ReportContext } from '../context.js';
import { comparisonFigure, contrastFigure, reconstructionCurve } from '../curve-figures.js';
import { type Block, heading, type Inline, note, paragraph, strong } from '../document/blocks.js';
import { listed, loss } from '../format.js';
import { published } from '../published.js';
import { effort, lossCell } from '../score-table.js';
import { cellsOf, keptWatchedLossOf, summarise, testLossOf } from '../summary.js';
import { type AutoencoderVariant, autoencoders } from '../variants.js';

const nameOf = (variant: string): string => {
  const found = autoencoders.find((autoencoder) => autoencoder.variant === variant);
  if (!found) return variant;
  const { kind, layers, dimension, dropout } = found;
  return `${kind} ${layers} layers, ${dimension}${dropout > 0 ? ', dropout' : ''}`;
};

/** Sections 4.5, 4.5.1 and 4.5.2: the twelve autoencoders, and which is chosen. */
export function autoencoderSections(context: ReportContext): Block[] {
  const { cells } = context;
  const ofKind = (kind: string) => autoencoders.filter((one) => one.kind === kind).map(({ variant }) => variant);
  const compared = (variants: readonly string[], id: string, caption: string) =>
    comparisonFigure(variants, { id, caption, curve: reconstructionCurve }, cells, nameOf);
  const contrasted = (variants: readonly string[], id: string, caption: string) =>
    contrastFigure(variants, { id, caption, curve: reconstructionCurve }, cells, nameOf);
  return [
    heading(3, 'autoencoder', '4.5 Autoencoder'),
    paragraph(
      `Batch size, optimiser (Adam) and loss (mean squared error) as in the report, which trained ${published.autoencoderEpochs} epochs. `,
      'It gives the twelve structures and no loss; it chose by eye, from curves of the test loss.',
    ),
    selectionTable(context),
    ...selection(context),
    heading(4, 'autoencoder-dense', '4.5.1 DNN Autoencoder with Dense Layers'),
    compared(
      ofKind('FC').filter((variant) => !/^fc5.*dropout$/.test(variant)),
      'figure-22',
      'Figure 22. FC DNN autoencoders: test loss',
    ),
    compared(
      ofKind('FC').filter((variant) => /^fc5/.test(variant)),
      'figure-22-five-layers',
      'Figure 22, continued: those of five layers, with and without dropout',
    ),
    contrasted(
      ['fc3-100', 'fc3-100-dropout'],
      'figure-23',
      'Figure 23. FC DNN of 3 layers, 100, with / without dropout (1000 epochs in the report)',
    ),
    heading(4, 'autoencoder-gru', '4.5.2 RNN Autoencoder with GRU Layers'),
    contrasted(
      ['gru2-100', 'gru2-100-dropout'],
      'figure-24',
      'Figure 24. GRU autoencoder of 2 layers, 100, with / without dropout',
    ),
    contrasted(
      ['gru2-300', 'gru2-300-dropout'],
      'figure-24-dimension-300',
      'Figure 24, continued: dimension 300, which the report had no time for',
    ),
  ];
}

function selectionTable({ cells }: ReportContext): Block {
  const { best } = choose(cells);
  const rows = autoencoders.map(({ variant, kind, layers, dimension, dropout }): Inline[] => {
    const paper = cellsOf(cells, variant, 'paper');
    const independent = cellsOf(cells, variant, 'speaker-independent');
    const theirs = (published.chosenAutoencoders as readonly string[]).includes(variant);
    const ours = best.some((chosen) => chosen.variant === variant);
    return [
      `${kind}, ${layers} layers`,
      `${dimension}`,
      dropout === 0 ? 'none' : `dropout ${dropout}`,
      [lossCell(paper, testLossOf), effort(paper)],
      [lossCell(independent, testLossOf), effort(independent)],
      lossCell(independent, keptWatchedLossOf),
      [ours ? strong('ours') : '', ours && theirs ? ', ' : '', theirs ? 'theirs' : ''],
    ];
  });
  return {
    kind: 'table',
    id: 'table-5',
    caption:
      'Table 5. Structures and hyperparameters of the autoencoders, with the mean squared error of normalised features',
    columns: [
      { title: 'Encoder, with input and code' },
      { title: 'Dimension', numeric: true },
      { title: 'Regularisation' },
      { title: ['Test, paper (', { text: 'leaks', warning: true }, ')'] },
      { title: 'Test, speaker-independent' },
      { title: 'Validation speakers, by which is chosen' },
      { title: 'Chosen' },
    ],
    rows,
  };
}

interface Candidate extends AutoencoderVariant {
  validationLoss: number;
}

/** Of each kind the lowest loss on validation speakers, among those whose every planned run has ended. */
export function choose(cells: ReportContext['cells']): { best: Candidate[]; candidates: Candidate[] } {
  const candidates = autoencoders.flatMap((autoencoder) => {
    const own = cellsOf(cells, autoencoder.variant, 'speaker-independent');
    const summary = summarise(own, keptWatchedLossOf);
    return own.length > 0 && own.every(isDone) && summary ? [{ ...autoencoder, validationLoss: summary.mean }] : [];
  });
  const best = (['FC', 'GRU'] as const).flatMap((kind) => {
    const ofKind = candidates.filter((candidate) => candidate.kind === kind);
    return ofKind.length > 0 ? [ofKind.reduce((a, b) => (b.validationLoss < a.validationLoss ? b : a))] : [];
  });
  return { best, candidates };
}

function selection({ cells }: ReportContext): Block[] {
  const { best, candidates } = choose(cells);
  const theirs = `The report chose ${listed(published.chosenAutoencoders.map(nameOf))}; Tables 6 and 7 hold its choice, whatever ours is.`;
  if (best.length === 0)
    return [paragraph('No autoencoder has ended all its speaker-independent runs, so none is chosen. ', theirs)];
  const chosen = best.map(({ variant, validationLoss }) => `${nameOf(variant)} (${loss(validationLoss)})`);
  const left = autoencoders.length - candidates.length;
  return [
    paragraph(
      strong('Selection. '),
      'By the loss on validation speakers, never on the test: ',
      `${listed(chosen)}${left > 0 ? `, of ${candidates.length} that have ended; ${left} have not` : ''}. `,
      theirs,
    ),
    note(
      'A code of 300 numbers holds more than one of 100, so a lower reconstruction loss does not mean a better ',
      'representation of emotion: that is seen in Tables 6 and 7.',
    ),
  ];
}
