import type { ReportContext } from '../context.js';
import { accuracyCurve, learningFigure } from '../curve-figures.js';
import { differenceTable } from '../difference-table.js';
import { type Block, heading, note, paragraph } from '../document/blocks.js';
import { scoreTable } from '../score-table.js';
import { explored, inPreprocessing } from './exploration.js';
import { layersTable } from './layers.js';

/** Section 3: features, noisy copies, architectures. */
export function methodology(context: ReportContext): Block[] {
  const { cells } = context;
  return [
    heading(2, 'methodology', '3 Methodology'),
    heading(3, 'pre-processing', '3.1 Data Pre-processing'),
    heading(4, 'melspectrogram', '3.1.1 Melspectrogram, 3.1.2 MFCC'),
    ...explored(context, inPreprocessing),
    heading(4, 'mfcc-and-melspectrogram', '3.1.3 Comparison between MFCC and Melspectrogram'),
    paragraph('The report chooses the mel spectrogram and gives no number for MFCC. Here both, with the same 2D CNN:'),
    scoreTable(
      { id: 'mel-against-mfcc', caption: '3.1.3 Mel spectrogram (2D CNN) and MFCC', variants: ['cnn', 'cnn-mfcc'] },
      cells,
    ),
    differenceTable(
      { id: 'mel-against-mfcc-differences', caption: 'MFCC against the mel spectrogram', pairs: [['cnn-mfcc', 'cnn']] },
      cells,
    ),
    heading(3, 'augmentation', '3.2 Data Augmentation'),
    paragraph(
      'White noise at a signal-to-noise ratio drawn for each copy from 15 to 30 dB, two noisy copies beside each recording. ',
      'The report compares accuracies of training and test by eye. Under its protocol the copies are dealt to both sides, so ',
      'a better test accuracy with copies shows that test clips are recognised again; what augmentation is worth is to be ',
      'seen on speakers that were never heard.',
    ),
    learningFigure(
      'cnn-no-augmentation',
      {
        id: 'table-1-without',
        caption: 'Table 1 (pictures), without data augmentation: accuracy',
        curve: accuracyCurve,
      },
      cells,
    ),
    learningFigure(
      'cnn',
      { id: 'table-1-with', caption: 'Table 1 (pictures), with data augmentation: accuracy', curve: accuracyCurve },
      cells,
    ),
    scoreTable(
      {
        id: 'table-1',
        caption: 'Table 1. Without and with data augmentation',
        variants: ['cnn-no-augmentation', 'cnn'],
      },
      cells,
    ),
    differenceTable(
      {
        id: 'table-1-differences',
        caption: 'With noisy copies against without',
        pairs: [['cnn', 'cnn-no-augmentation']],
      },
      cells,
    ),
    heading(3, 'architecture-cnn', '3.3 2D CNN'),
    note(
      'Figures 4 to 7 of the report are drawings of architectures; here are the layers of the models that were trained.',
    ),
    layersTable(context, 'cnn', 'figure-4', 'Figure 4. Convolutional network'),
    heading(3, 'architecture-cnn-lstm', '3.4 CNN + LSTM'),
    layersTable(context, 'cnn-lstm', 'figure-5', 'Figure 5. CNN + LSTM'),
    heading(3, 'architecture-attention', '3.5 CNN + Attention based LSTM'),
    layersTable(context, 'cnn-attention-lstm', 'figure-6', 'Figure 6. CNN + attention based LSTM'),
    heading(3, 'architecture-autoencoder', '3.6 CNN + Unsupervised Representation Learning with Autoencoder'),
    layersTable(context, 'cnn+fc-300', 'figure-7', 'Figure 7. CNN + autoencoder (FC 3 layers, 300)'),
  ];
}
