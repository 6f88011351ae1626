import * as tl from '@tensorflow/tfjs-layers';
import { chain, type LayerCase, one, type Shape, several } from './layer-case.js';

const { layers } = tl;

const cells = {
  GRUCell: (units: number) => layers.gruCell({ units, recurrentInitializer: 'zeros', recurrentActivation: 'sigmoid' }),
  LSTMCell: (units: number) =>
    layers.lstmCell({ units, recurrentInitializer: 'zeros', recurrentActivation: 'sigmoid' }),
  SimpleRNNCell: (units: number) => layers.simpleRNNCell({ units, recurrentInitializer: 'zeros' }),
} as const;

const hardLstm = (units: number) => layers.lstmCell({ units, recurrentInitializer: 'zeros' });

type Cell = ReturnType<(typeof cells)[keyof typeof cells]>;

const stack = (...list: Cell[]) => layers.stackedRNNCells({ cells: list });

/** An LSTM under a GRU of other sizes. */
const mixed = () => stack(cells.LSTMCell(3), cells.GRUCell(4));

const flags = [
  {},
  { returnSequences: true },
  { returnState: true },
  { goBackwards: true },
  { goBackwards: true, returnSequences: true, returnState: true },
];

const over = (title: string, cell: () => Cell | ReturnType<typeof stack>): LayerCase[] =>
  flags.map((options) =>
    one('RNN', `${title} ${Object.keys(options).join(' ')}`, [5, 3], () =>
      layers.rnn({ cell: cell() as Cell, ...options }),
    ),
  );

const rnns: LayerCase[] = [
  ...over('SimpleRNNCell', () => cells.SimpleRNNCell(4)),
  ...over('LSTMCell, hard sigmoid', () => hardLstm(4)),
  ...over('an LSTM under a GRU', mixed),
  ...over('a stack in a stack', () => stack(mixed() as never, cells.SimpleRNNCell(2))),
  one('RNN', 'an unknown number of steps', [null, 3], () =>
    layers.rnn({ cell: mixed() as never, returnSequences: true }),
  ),
  several('RNN', 'initial states, the topmost first', [[5, 3], [4], [3], [3]], () =>
    layers.rnn({ cell: mixed() as never, returnState: true }),
  ),
  one('TimeDistributed', 'stacked cells', [2, 5, 3], () =>
    layers.timeDistributed({ layer: layers.rnn({ cell: mixed() as never }) }),
  ),
];

const steps: LayerCase[] = [several('StackedRNNCells', 'one step', [[3], [4], [3], [3]], mixed)];

const convLstm = (options: object = {}) =>
  layers.convLstm2d({ filters: 2, kernelSize: 3, recurrentInitializer: 'glorotNormal', ...options });

const image: Shape = [3, 5, 4, 2];

const convLstms: LayerCase[] = [
  one('ConvLSTM2D', 'the last output', image, () => convLstm()),
  one('ConvLSTM2D', 'sequences, same', image, () => convLstm({ padding: 'same', returnSequences: true })),
  one('ConvLSTM2D', 'sequences and states, backwards', image, () =>
    convLstm({ padding: 'same', returnSequences: true, returnState: true, goBackwards: true }),
  ),
  one('ConvLSTM2D', 'strides, no bias, sigmoid', image, () =>
    convLstm({ kernelSize: [2, 3], strides: [2, 1], useBias: false, recurrentActivation: 'sigmoid' }),
  ),
  one('ConvLSTM2D', 'dilated', [2, 6, 6, 1], () => convLstm({ kernelSize: 2, dilationRate: 2 })),
  one('ConvLSTM2D', 'channels first', [3, 2, 5, 4], () =>
    convLstm({ dataFormat: 'channelsFirst', returnSequences: true, padding: 'same' }),
  ),
  one('Bidirectional', 'ConvLSTM2D, sequences', image, () =>
    layers.bidirectional({ layer: convLstm({ padding: 'same', returnSequences: true }) as never, mergeMode: 'sum' }),
  ),
  chain('ConvLSTM2D', 'over a distributed convolution', image, () => [
    layers.timeDistributed({ layer: layers.conv2d({ filters: 3, kernelSize: 2 }) }),
    convLstm({ returnSequences: true, padding: 'same' }),
    layers.timeDistributed({ layer: layers.globalAveragePooling2d({}) }),
  ]),
];

export const stackedCases: readonly LayerCase[] = [...rnns, ...steps, ...convLstms];
