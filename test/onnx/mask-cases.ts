import * as tl from '@tensorflow/tfjs-layers';
import { holed, whole } from './exported.js';
import { chain, filled, type LayerCase, one, type Shape } from './layer-case.js';

const { layers } = tl;

const embedding = (maskZero = true) => layers.embedding({ inputDim: 5, outputDim: 3, maskZero });

const embeddings: LayerCase[] = filled(whole(5), [
  one('Embedding', 'a sequence', [6], () => embedding(false)),
  one('Embedding', 'of unknown length', [null], () => embedding(false)),
  one('Embedding', 'two axes, a mask that nobody reads', [2, 3], () => embedding()),
  {
    layer: 'Embedding',
    title: 'of whole numbers',
    build: () => {
      const input = tl.input({ shape: [4], dtype: 'int32' });
      return tl.model({ inputs: input, outputs: embedding().apply(input) as tl.SymbolicTensor });
    },
  },
]);

const kinds = { LSTM: layers.lstm, GRU: layers.gru, SimpleRNN: layers.simpleRNN } as const;
const flags = [
  {},
  { returnSequences: true },
  { returnState: true },
  { goBackwards: true },
  { goBackwards: true, returnSequences: true, returnState: true },
];

const recurrent = (kind: keyof typeof kinds, options: object) =>
  kinds[kind]({ units: 4, recurrentInitializer: 'zeros', ...options });

/** By operators (sigmoid), and step by step (hard sigmoid); SimpleRNN has no gates, selu is no operator's. */
const ways = [{ recurrentActivation: 'sigmoid' }, { recurrentActivation: 'hardSigmoid', activation: 'selu' }];

const sequences: LayerCase[] = (Object.keys(kinds) as (keyof typeof kinds)[]).flatMap((kind) =>
  ways.flatMap((way) =>
    flags.map((flag) =>
      chain('Masking', `${kind} ${Object.values(way)[0]} ${Object.keys(flag).join(' ')}`, [5, 3], () => [
        layers.masking(),
        recurrent(kind, { ...way, ...flag }),
      ]),
    ),
  ),
);

const rnn = (options: object = {}) => recurrent('LSTM', { recurrentActivation: 'sigmoid', ...options });

const passedOn: LayerCase[] = [
  one('Masking', 'another value', [4, 3], () => layers.masking({ maskValue: 1 })),
  one('Masking', 'four axes', [2, 3, 4], () => layers.masking()),
  chain('Masking', 'an unknown number of steps', [null, 3], () => [
    layers.masking(),
    rnn({ returnSequences: true }),
    recurrent('GRU', { recurrentActivation: 'hardSigmoid', returnSequences: true, goBackwards: true }),
  ]),
  chain('Masking', 'through Dense, Dropout, normalisation, activation', [5, 3], () => [
    layers.masking(),
    layers.dense({ units: 4 }),
    layers.dropout({ rate: 0.5 }),
    layers.batchNormalization(),
    layers.activation({ activation: 'tanh' }),
    layers.layerNormalization(),
    rnn(),
  ]),
  chain('Masking', 'through TimeDistributed', [5, 3], () => [
    layers.masking(),
    layers.timeDistributed({ layer: layers.dense({ units: 3 }) }),
    rnn(),
  ]),
  chain('Masking', 'Bidirectional, sequences, then another', [5, 3], () => [
    layers.masking(),
    layers.bidirectional({ layer: rnn({ returnSequences: true }) as tl.RNN, mergeMode: 'concat' }),
    layers.bidirectional({ layer: recurrent('GRU', {}) as tl.RNN, mergeMode: 'sum' }),
  ]),
  chain('Masking', 'stops at a convolution, and tfjs goes on with it', [5, 3], () => [
    layers.masking(),
    layers.conv1d({ filters: 3, kernelSize: 3, padding: 'same' }),
    rnn(),
  ]),
  chain('Masking', 'reaches an encoder’s decoder', [5, 3], () => [
    layers.masking(),
    rnn(),
    layers.repeatVector({ n: 5 }),
    rnn({ returnSequences: true }),
  ]),
  chain('Masking', 'stacked cells', [5, 3], () => [
    layers.masking(),
    layers.rnn({
      cell: layers.stackedRNNCells({
        cells: [
          layers.lstmCell({ units: 3, recurrentInitializer: 'zeros' }),
          layers.gruCell({ units: 4, recurrentActivation: 'sigmoid', recurrentInitializer: 'zeros' }),
        ],
      }) as never,
      returnSequences: true,
      goBackwards: true,
      returnState: true,
    }),
  ]),
  chain('ConvLSTM2D', 'a mask for each pixel', [3, 4, 5, 2], () => [
    layers.masking(),
    layers.convLstm2d({ filters: 2, kernelSize: 3, padding: 'same', recurrentInitializer: 'glorotNormal' }),
  ]),
  chain('Softmax', 'what a mask leaves out', [5, 1], () => [
    layers.masking(),
    layers.flatten(),
    layers.softmax({ axis: -1 }),
  ]),
];

/** Two masked sequences side by side, along each axis. */
const joined: LayerCase[] = ([-1, 1] as const).map((axis) => ({
  layer: 'Concatenate',
  title: `masks along axis ${axis}`,
  build: () => {
    const shapes: Shape[] =
      axis === 1
        ? [
            [3, 2],
            [2, 2],
          ]
        : [
            [4, 2],
            [4, 3],
          ];
    const inputs = shapes.map((shape) => tl.input({ shape }));
    const masked = inputs.map((input) => layers.masking().apply(input) as tl.SymbolicTensor);
    const both = layers.concatenate({ axis }).apply(masked);
    return tl.model({ inputs, outputs: rnn({ returnSequences: true }).apply(both) as tl.SymbolicTensor });
  },
}));

const shared: LayerCase[] = filled(whole(5), [
  chain('Embedding', 'masked, into an LSTM', [6], () => [embedding(), rnn()]),
  chain('Embedding', 'masked, a model inside', [6], () => [
    embedding(),
    tl.sequential({ layers: [layers.dense({ units: 2, inputShape: [6, 3] }), rnn({ returnSequences: true })] }),
  ]),
]);

/** Every step left out: the states stay what they were. */
const nothing: LayerCase[] = filled(
  (shape) => new Float32Array(shape.reduce((product, size) => product * size, 1)),
  [
    ...([{ recurrentActivation: 'sigmoid' }, { recurrentActivation: 'hardSigmoid' }] as const).map((way) =>
      chain('Masking', `of all steps, ${way.recurrentActivation}`, [4, 3], () => [
        layers.masking(),
        rnn({ ...way, returnState: true, returnSequences: true }),
      ]),
    ),
  ],
);

export const maskCases: readonly LayerCase[] = [
  ...nothing,
  ...embeddings,
  ...filled(holed, [...sequences, ...passedOn, ...joined]),
  ...shared,
];
