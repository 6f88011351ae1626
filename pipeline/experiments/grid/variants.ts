import type { Preset } from '../config.js';
import type { Cell } from './plan.js';

/** A row of the report's tables: a model with its options, trained once a cell. */
export interface Variant {
  id: string;
  /** Which of the study's settings it is trained with. */
  kind: Cell['kind'];
  /** An architecture's name. */
  model: string;
  /** The autoencoder variant whose frozen encoder it holds. */
  encoder?: string;
  /** MFCC in the place of the mel spectrogram: the preset's features named `…-mfcc`. */
  mfcc?: boolean;
  /** On top of the study's. */
  overrides?: Preset;
  /** `KEY=VALUE`, as `--set` takes them. */
  settings?: readonly string[];
}

/**
 * Every row of the report: its recognisers (Tables 4 and 8), the comparisons (Table 1 and 3.1.3), its autoencoders (Table
 * 5, all twelve) and its hybrids (Tables 6 and 7), in the order in which they are trained.
 *
 * @param width share of the report's widths that the autoencoders have; the rows keep their names
 */
export function reportVariants(width: number): Variant[] {
  return [
    ...recognisers.map((model): Variant => ({ id: model, kind: 'recogniser', model })),
    { id: 'cnn-no-augmentation', kind: 'recogniser', model: 'cnn', overrides: { copies: 0 } },
    { id: 'cnn-mfcc', kind: 'recogniser', model: 'cnn', mfcc: true },
    ...autoencoders(width),
    ...hybrids(width),
  ];
}

/** Of the fully connected autoencoders' hidden layers; the report does not say. */
const hiddenUnits = 512;

const recognisers = ['cnn', 'cnn-lstm', 'cnn-attention-lstm'] as const;

/** Table 5. Layers are counted with input and code, so that an encoder of three has one hidden layer. */
function autoencoders(width: number): Variant[] {
  const fullyConnected = (layers: number) => ({
    name: `fc${layers}`,
    model: 'autoencoder-fc',
    settings: [`model.hidden=${JSON.stringify(Array(layers - 2).fill(hiddenUnits * width))}`],
  });
  const encoders = [fullyConnected(3), fullyConnected(5), { name: 'gru2', model: 'autoencoder-gru', settings: [] }];
  return encoders.flatMap(({ name, model, settings }) =>
    [0, 0.2].flatMap((dropout) =>
      [100, 300].map((dimension) => ({
        id: `${name}-${dimension}${dropout > 0 ? '-dropout' : ''}`,
        kind: 'autoencoder' as const,
        model,
        settings: [...settings, `model.dimension=${dimension * width}`, `model.dropout=${dropout}`],
      })),
    ),
  );
}

/** Tables 6 and 7: each of two recognisers beside the representation of each of four encoders, whose options it repeats. */
function hybrids(width: number): Variant[] {
  const fc = ['model.encoder=autoencoder-fc', `model.hidden=[${hiddenUnits * width}]`];
  const gru = ['model.encoder=autoencoder-gru', `model.dimension=${100 * width}`];
  const representations = [
    { name: 'fc-300', encoder: 'fc3-300', settings: [...fc, `model.dimension=${300 * width}`] },
    { name: 'fc-100', encoder: 'fc3-100', settings: [...fc, `model.dimension=${100 * width}`] },
    { name: 'gru-100-full', encoder: 'gru2-100', settings: [...gru, 'model.states=full'] },
    { name: 'gru-100-last', encoder: 'gru2-100', settings: [...gru, 'model.states=last'] },
  ];
  return (['cnn', 'cnn-attention-lstm'] as const).flatMap((recogniser) =>
    representations.map(({ name, encoder, settings }) => ({
      id: `${recogniser}+${name}`,
      kind: 'recogniser' as const,
      model: `${recogniser}-autoencoder`,
      encoder,
      settings,
    })),
  );
}
