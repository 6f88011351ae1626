import * as tl from '@tensorflow/tfjs-layers';
import { type LayerCase, one, type Shape, several } from './layer-case.js';

const { layers } = tl;

const kinds = { LSTM: layers.lstm, GRU: layers.gru, SimpleRNN: layers.simpleRNN } as const;
type Kind = keyof typeof kinds;

/** The flags that all three have; SimpleRNN ignores the recurrent activation. */
interface Flags {
  recurrentActivation?: 'sigmoid' | 'hardSigmoid';
  activation?: 'relu' | 'selu' | 'softsign' | 'tanh';
  returnSequences?: boolean;
  returnState?: boolean;
  goBackwards?: boolean;
  useBias?: boolean;
}

/** The recurrent weights start at zero, as the cases draw theirs and tfjs's orthogonal ones take long. */
const layerOf = (kind: Kind, flags: Flags) =>
  kinds[kind]({ units: 4, recurrentInitializer: 'zeros', recurrentActivation: 'sigmoid', ...flags });

const flagged: [title: string, flags: Flags][] = [
  ['the last output', {}],
  ['sequences', { returnSequences: true }],
  ['the last output and state', { returnState: true }],
  ['sequences and state', { returnSequences: true, returnState: true }],
  ['backwards', { goBackwards: true }],
  ['backwards, sequences and state', { goBackwards: true, returnSequences: true, returnState: true }],
  ['no bias', { useBias: false }],
  ['relu', { activation: 'relu' }],
];

/** What the operator lacks is written out, if the number of steps is known. */
const decomposed: [title: string, flags: Flags][] = [
  ['hard sigmoid', { recurrentActivation: 'hardSigmoid' }],
  [
    'hard sigmoid, backwards, sequences and state',
    { recurrentActivation: 'hardSigmoid', goBackwards: true, returnSequences: true, returnState: true },
  ],
  ['selu, sequences, no bias', { activation: 'selu', returnSequences: true, useBias: false }],
];

const single = (Object.keys(kinds) as Kind[]).flatMap((kind): LayerCase[] => {
  const states: Shape[] = kind === 'LSTM' ? [[4], [4]] : [[4]];
  return [
    ...[...flagged, ...decomposed].map(([title, flags]) => one(kind, title, [5, 3], () => layerOf(kind, flags))),
    one(kind, 'an unknown number of steps', [null, 3], () => layerOf(kind, { returnSequences: true })),
    one(kind, 'an unknown number of steps, hard sigmoid', [null, 3], () =>
      layerOf(kind, { recurrentActivation: 'hardSigmoid', activation: 'softsign', goBackwards: true }),
    ),
    one(kind, 'a single step', [1, 3], () => layerOf(kind, { returnSequences: true, goBackwards: true })),
    several(kind, 'an initial state', [[5, 3], ...states], () => layerOf(kind, { returnState: true })),
    several(kind, 'an initial state, hard sigmoid', [[5, 3], ...states], () =>
      layerOf(kind, { recurrentActivation: 'hardSigmoid', activation: 'selu', returnState: true }),
    ),
  ];
});

const modes = ['concat', 'sum', 'ave', 'mul', null] as const;

const bidirectional = (mergeMode: (typeof modes)[number], kind: Kind, flags: Flags) =>
  // The declared type knows no null, which the layer takes as "both outputs".
  layers.bidirectional({ layer: layerOf(kind, flags) as tl.RNN, mergeMode: mergeMode as 'concat' });

const bidirectionals: LayerCase[] = [
  ...modes.flatMap((mode) => [
    one('Bidirectional', `${mode}, GRU, sequences`, [5, 3], () =>
      bidirectional(mode, 'GRU', { returnSequences: true }),
    ),
    one('Bidirectional', `${mode}, LSTM, last output`, [5, 3], () => bidirectional(mode, 'LSTM', {})),
  ]),
  one('Bidirectional', 'SimpleRNN, backwards first', [5, 3], () =>
    bidirectional('concat', 'SimpleRNN', { goBackwards: true, returnSequences: true }),
  ),
  one('Bidirectional', 'hard sigmoid, sequences', [5, 3], () =>
    bidirectional('concat', 'LSTM', { recurrentActivation: 'hardSigmoid', returnSequences: true }),
  ),
  one('Bidirectional', 'unknown number of steps', [null, 3], () =>
    bidirectional('concat', 'LSTM', { returnSequences: true }),
  ),
  ...(['concat', null] as const).map((mode) =>
    one('Bidirectional', `${mode}, sequences and states`, [5, 3], () =>
      bidirectional(mode, 'LSTM', { returnSequences: true, returnState: true }),
    ),
  ),
  several('Bidirectional', 'initial states', [[5, 3], [4], [4]], () => bidirectional('concat', 'GRU', {})),
];

const distributed = (layer: tl.layers.Layer) => layers.timeDistributed({ layer });

function innerModel(): tl.Sequential {
  const inner = tl.sequential();
  inner.add(layers.conv1d({ filters: 3, kernelSize: 2, inputShape: [6, 2], activation: 'relu' }));
  inner.add(layers.flatten());
  inner.add(layers.dense({ units: 3 }));
  return inner;
}

const distributeds: LayerCase[] = [
  one('TimeDistributed', 'Dense', [4, 3], () => distributed(layers.dense({ units: 2, activation: 'softmax' }))),
  one('TimeDistributed', 'Conv2D', [2, 6, 5, 2], () =>
    distributed(layers.conv2d({ filters: 3, kernelSize: 3, strides: 2, padding: 'same' })),
  ),
  one('TimeDistributed', 'BatchNormalization', [3, 4, 2], () => distributed(layers.batchNormalization())),
  one('TimeDistributed', 'Dropout', [3, 4], () => distributed(layers.dropout({ rate: 0.5 }))),
  one('TimeDistributed', 'one step', [1, 4, 3], () => distributed(layers.flatten())),
  one('TimeDistributed', 'an unknown number of steps', [null, 4, 3], () => distributed(layers.flatten())),
  one('TimeDistributed', 'a recurrent layer', [3, 5, 2], () => distributed(layerOf('LSTM', { returnSequences: true }))),
  one('TimeDistributed', 'GRU, sequences', [3, 5, 2], () => distributed(layerOf('GRU', { returnSequences: true }))),
  one('TimeDistributed', 'GRU, last output', [3, 5, 2], () => distributed(layerOf('GRU', {}))),
  one('TimeDistributed', 'Dense over more axes', [3, 2, 4], () =>
    distributed(layers.dense({ units: 5, activation: 'relu' })),
  ),
  one('TimeDistributed', 'a distributed GRU', [2, 3, 4, 2], () => distributed(distributed(layerOf('GRU', {})))),
  one('TimeDistributed', 'Dense thrice distributed', [2, 3, 2, 4], () =>
    distributed(distributed(distributed(layers.dense({ units: 2 })))),
  ),
  one('TimeDistributed', 'a distributed layer', [2, 3, 4], () => distributed(distributed(layers.dense({ units: 2 })))),
  one('TimeDistributed', 'a model', [3, 6, 2], () => distributed(innerModel())),
];

export const recurrentCases: readonly LayerCase[] = [...single, ...bidirectionals, ...distributeds];
