import * as tl from '@tensorflow/tfjs-layers';
import { activations } from '../../onnx/converters/activations.js';
import { chain, type LayerCase, one, type Shape, several } from './layer-case.js';
import { maskCases } from './mask-cases.js';
import { recurrentCases } from './recurrent-cases.js';
import { spatialCases } from './spatial-cases.js';
import { stackedCases } from './stacked-cases.js';

const { layers } = tl;

const dropouts: LayerCase[] = [
  one('Dropout', 'is nothing at inference', [5], () => layers.dropout({ rate: 0.5 })),
  one('SpatialDropout1D', 'is nothing at inference', [5, 3], () => layers.spatialDropout1d({ rate: 0.5 })),
  one('GaussianNoise', 'is nothing at inference', [5], () => layers.gaussianNoise({ stddev: 1 })),
  one('GaussianDropout', 'is nothing at inference', [5], () => layers.gaussianDropout({ rate: 0.5 })),
  one('AlphaDropout', 'is nothing at inference', [5], () => layers.alphaDropout({ rate: 0.5 })),
];

const convolutions: LayerCase[] = [
  one('Conv1D', 'valid', [9, 3], () => layers.conv1d({ filters: 4, kernelSize: 3 })),
  one('Conv1D', 'same, stride 2, odd length', [9, 3], () =>
    layers.conv1d({ filters: 4, kernelSize: 4, strides: 2, padding: 'same', activation: 'relu' }),
  ),
  one('Conv1D', 'dilated, no bias', [11, 2], () =>
    layers.conv1d({ filters: 3, kernelSize: 3, dilationRate: 2, padding: 'same', useBias: false }),
  ),
  one('Conv2D', 'valid, elu', [7, 9, 2], () => layers.conv2d({ filters: 3, kernelSize: 3, activation: 'elu' })),
  one('Conv2D', 'same, even kernel (the odd pad comes last)', [6, 5, 2], () =>
    layers.conv2d({ filters: 3, kernelSize: [2, 4], padding: 'same' }),
  ),
  one('Conv2D', 'same, strides 2 × 3 over odd sizes', [7, 11, 2], () =>
    layers.conv2d({ filters: 3, kernelSize: 3, strides: [2, 3], padding: 'same' }),
  ),
  one('Conv2D', 'same, stride beyond the kernel', [9, 8, 1], () =>
    layers.conv2d({ filters: 2, kernelSize: 2, strides: 4, padding: 'same' }),
  ),
  one('Conv2D', 'dilated, no bias', [9, 10, 2], () =>
    layers.conv2d({ filters: 3, kernelSize: 3, dilationRate: [2, 3], useBias: false, padding: 'same' }),
  ),
  one('Conv2D', 'channels first', [2, 7, 6], () =>
    layers.conv2d({ filters: 3, kernelSize: 3, dataFormat: 'channelsFirst', padding: 'same' }),
  ),
  one('Conv2D', 'softmax over channels', [4, 5, 2], () =>
    layers.conv2d({ filters: 3, kernelSize: 1, activation: 'softmax' }),
  ),
  one('Conv2D', 'space of unknown size', [null, null, 2], () =>
    layers.conv2d({ filters: 3, kernelSize: 3, strides: 2, padding: 'same' }),
  ),
  one('Conv3D', 'same, stride 2', [4, 5, 6, 2], () =>
    layers.conv3d({ filters: 3, kernelSize: 3, strides: 2, padding: 'same' }),
  ),
  one('DepthwiseConv2D', 'two outputs a channel', [7, 6, 3], () =>
    layers.depthwiseConv2d({ kernelSize: 3, depthMultiplier: 2, padding: 'same', activation: 'relu6' }),
  ),
  one('DepthwiseConv2D', 'stride 2, no bias', [7, 6, 3], () =>
    layers.depthwiseConv2d({ kernelSize: [3, 2], strides: [2, 2], useBias: false }),
  ),
  one('SeparableConv2D', 'same, two outputs a channel', [7, 6, 3], () =>
    layers.separableConv2d({ filters: 4, kernelSize: 3, depthMultiplier: 2, padding: 'same', activation: 'tanh' }),
  ),
];

const pools: LayerCase[] = (['maxPooling', 'averagePooling'] as const).flatMap((kind): LayerCase[] => {
  const name = kind === 'maxPooling' ? 'MaxPooling' : 'AveragePooling';
  return [
    one(`${name}1D`, 'same, odd length', [9, 2], () =>
      layers[`${kind}1d`]({ poolSize: 4, strides: 3, padding: 'same' }),
    ),
    one(`${name}1D`, 'valid', [9, 2], () => layers[`${kind}1d`]({ poolSize: 2 })),
    one(`${name}2D`, 'same, 4 × 4 over 15 × 27', [15, 27, 2], () =>
      layers[`${kind}2d`]({ poolSize: 4, strides: 4, padding: 'same' }),
    ),
    one(`${name}2D`, 'valid, a rest left over', [7, 6, 2], () =>
      layers[`${kind}2d`]({ poolSize: [3, 2], strides: [2, 2] }),
    ),
    one(`${name}2D`, 'channels first', [2, 6, 5], () =>
      layers[`${kind}2d`]({ poolSize: 2, padding: 'same', dataFormat: 'channelsFirst' }),
    ),
    one(`${name}3D`, 'same', [5, 4, 3, 2], () =>
      layers[`${kind}3d`]({ poolSize: [2, 2, 2], strides: [2, 2, 2], padding: 'same' }),
    ),
  ];
});

/** onnxruntime would make the padding part of the pool: refused, or averages over too many. */
const paddedPools: LayerCase[] = (['maxPooling2d', 'averagePooling2d'] as const).flatMap((kind) =>
  (['same', 'valid'] as const).map((padding) =>
    chain(kind === 'maxPooling2d' ? 'MaxPooling2D' : 'AveragePooling2D', `${padding}, after padding`, [4, 5, 2], () => [
      layers.zeroPadding2d({ padding: 1 }),
      layers[kind]({ poolSize: [1, 2], strides: [2, 2], padding }),
    ]),
  ),
);

const globalPools: LayerCase[] = [
  one('GlobalAveragePooling1D', 'mean over time', [5, 3], () => layers.globalAveragePooling1d({})),
  one('GlobalMaxPooling1D', 'largest over time', [5, 3], () => layers.globalMaxPooling1d({})),
  one('GlobalAveragePooling2D', 'mean over space', [5, 4, 3], () => layers.globalAveragePooling2d({})),
  one('GlobalAveragePooling2D', 'channels first', [3, 5, 4], () =>
    layers.globalAveragePooling2d({ dataFormat: 'channelsFirst' }),
  ),
  one('GlobalMaxPooling2D', 'largest over space', [5, 4, 3], () => layers.globalMaxPooling2d({})),
];

const denses: LayerCase[] = [
  one('Dense', 'two axes', [5], () => layers.dense({ units: 3, activation: 'sigmoid' })),
  one('Dense', 'three axes', [4, 5], () => layers.dense({ units: 3, activation: 'softmax' })),
  one('Dense', 'four axes, relu', [2, 3, 5], () => layers.dense({ units: 4, activation: 'relu' })),
  one('Dense', 'one feature, one unit', [4, 1], () => layers.dense({ units: 1, activation: 'tanh' })),
  one('Dense', 'four axes, no bias', [2, 4, 5], () => layers.dense({ units: 3, useBias: false })),
  one('Dense', 'no bias', [5], () => layers.dense({ units: 3, useBias: false })),
];

const normalizations: LayerCase[] = [
  one('BatchNormalization', 'two axes', [5], () => layers.batchNormalization()),
  one('BatchNormalization', 'three axes', [4, 5], () => layers.batchNormalization()),
  one('BatchNormalization', 'four axes, large epsilon', [3, 4, 5], () => layers.batchNormalization({ epsilon: 0.5 })),
  one('BatchNormalization', 'no scale', [5], () => layers.batchNormalization({ scale: false })),
  one('BatchNormalization', 'no center', [5], () => layers.batchNormalization({ center: false })),
  one('LayerNormalization', 'two axes', [5], () => layers.layerNormalization()),
  one('LayerNormalization', 'last of three', [4, 5], () => layers.layerNormalization({ epsilon: 0.1 })),
  one('LayerNormalization', 'two last axes', [3, 4, 5], () => layers.layerNormalization({ axis: [2, 3] })),
  one('LayerNormalization', 'two last axes, turned round', [3, 4, 4], () =>
    layers.layerNormalization({ axis: [-1, -2] }),
  ),
  one('LayerNormalization', 'a middle axis', [3, 4, 5], () => layers.layerNormalization({ axis: 2 })),
  one('LayerNormalization', 'first and last', [3, 4, 5], () => layers.layerNormalization({ axis: [1, 3] })),
  one('LayerNormalization', 'no scale', [4, 5], () => layers.layerNormalization({ scale: false })),
  one('LayerNormalization', 'no center', [null, 5], () => layers.layerNormalization({ center: false })),
];

/** tfjs saves gelu_new under a name that it cannot load, and mish under one that Activation's type omits. */
const activationCases: LayerCase[] = Object.keys(activations).map((name) =>
  one('Activation', name, [4, 5], () =>
    layers.activation({ activation: (name === 'geluNew' ? 'gelu_new' : name) as 'relu' }),
  ),
);

const advancedActivations: LayerCase[] = [
  one('ReLU', 'unbounded', [5], () => layers.reLU()),
  one('ReLU', 'at most 0.7', [5], () => layers.reLU({ maxValue: 0.7 })),
  one('LeakyReLU', 'default alpha', [5], () => layers.leakyReLU()),
  one('LeakyReLU', 'alpha 0.05', [5], () => layers.leakyReLU({ alpha: 0.05 })),
  one('ELU', 'alpha 1', [5], () => layers.elu()),
  one('ThresholdedReLU', 'default theta', [5], () => layers.thresholdedReLU()),
  one('ThresholdedReLU', 'theta 0.3', [4, 5], () => layers.thresholdedReLU({ theta: 0.3 })),
  one('PReLU', 'a slope for each element', [3, 4, 2], () => layers.prelu()),
  one('PReLU', 'a slope for each channel', [3, 4, 2], () => layers.prelu({ sharedAxes: [1, 2] })),
  one('Softmax', 'default axis 1', [5], () => layers.softmax()),
  one('Softmax', 'last axis', [4, 5], () => layers.softmax({ axis: -1 })),
  one('Softmax', 'last axis of five', [2, 3, 4, 5], () => layers.softmax({ axis: 4 })),
  one('Softmax', 'two axes together', [3, 4, 5], () => layers.softmax({ axis: [1, -1] })),
];

const shapes: LayerCase[] = [
  one('Flatten', 'channels last', [3, 4, 2], () => layers.flatten()),
  one('Flatten', 'channels first', [2, 3, 4], () => layers.flatten({ dataFormat: 'channelsFirst' })),
  one('Reshape', 'an unknown size', [3, 4], () => layers.reshape({ targetShape: [2, null, 3] })),
  one('Reshape', 'of an unknown size', [null, 6], () => layers.reshape({ targetShape: [-1, 3] })),
  one('Reshape', 'of an unknown size into known ones', [null, 6], () => layers.reshape({ targetShape: [7, 2, 3] })),
  one('Permute', 'two axes', [3, 4], () => layers.permute({ dims: [2, 1] })),
  one('Permute', 'three axes, a cycle', [3, 4, 5], () => layers.permute({ dims: [3, 1, 2] })),
  one('RepeatVector', 'three times', [4], () => layers.repeatVector({ n: 3 })),
  one('RepeatVector', 'once', [4], () => layers.repeatVector({ n: 1 })),
  one('ZeroPadding2D', 'uneven', [3, 4, 2], () =>
    layers.zeroPadding2d({
      padding: [
        [1, 2],
        [0, 3],
      ],
    }),
  ),
  one('ZeroPadding2D', 'channels first', [2, 3, 4], () =>
    layers.zeroPadding2d({ padding: 1, dataFormat: 'channelsFirst' }),
  ),
];

const merges: LayerCase[] = [
  ...(['add', 'multiply', 'average', 'maximum', 'minimum'] as const).flatMap((kind) => {
    const name = `${kind[0].toUpperCase()}${kind.slice(1)}`;
    return [
      several(
        name,
        'three inputs',
        [
          [4, 3],
          [4, 3],
          [4, 3],
        ],
        () => layers[kind]({}),
      ),
      several(
        name,
        'broadcast over space',
        [
          [4, 5, 3],
          [1, 1, 3],
        ],
        () => layers[kind]({}),
      ),
      several(name, 'fewer axes', [[4, 3], [3]], () => layers[kind]({})),
    ];
  }),
  several(
    'Concatenate',
    'last axis',
    [
      [4, 3],
      [4, 2],
    ],
    () => layers.concatenate(),
  ),
  several(
    'Concatenate',
    'axis 1, three inputs',
    [
      [4, 3],
      [2, 3],
      [1, 3],
    ],
    () => layers.concatenate({ axis: 1 }),
  ),
];

/** Every pair of axes that tfjs takes, for inputs of two and three axes; along the axes there are 4 elements. */
const dots: LayerCase[] = (
  [
    ['two and two axes', [4], [4], [[1, 1], 1, -1, [-1, -1]]],
    ['one element beside four', [1], [4], [[-1, -1]]],
    ['three and two', [3, 4], [4], [[2, 1], -1, [-1, -1]]],
    ['three and two, the middle', [4, 3], [4], [[1, 1], 1]],
    ['two and three', [4], [3, 4], [[1, 2], -1]],
    ['two and three, the middle', [4], [4, 3], [[1, 1], 1]],
    ['three and three, last and last', [3, 4], [5, 4], [[2, 2], 2, -1]],
    ['three and three, the middles', [4, 3], [4, 5], [[1, 1], 1, -2]],
    [
      'three and three, last and middle',
      [3, 4],
      [4, 5],
      [
        [2, 1],
        [-1, -2],
      ],
    ],
    ['three and three, middle and last', [4, 3], [5, 4], [[1, 2]]],
    ['weights over a sequence', [4, 1], [4, 5], [1]],
    ['steps of unknown number', [null, 3], [null, 5], [1]],
  ] as [title: string, x: Shape, y: Shape, axes: (number | [number, number])[]][]
).flatMap(([title, x, y, list]) =>
  list.flatMap((axes) =>
    [false, true].map((normalize) =>
      several('Dot', `${title}, axes ${JSON.stringify(axes)}${normalize ? ', normalised' : ''}`, [x, y], () =>
        layers.dot({ axes, normalize }),
      ),
    ),
  ),
);

/** At least one case for every class that can be exported: the contract in layers.test.ts. */
export const layerCases: readonly LayerCase[] = [
  ...dropouts,
  ...convolutions,
  ...pools,
  ...paddedPools,
  ...globalPools,
  ...denses,
  ...normalizations,
  ...activationCases,
  ...advancedActivations,
  ...shapes,
  ...merges,
  ...dots,
  ...recurrentCases,
  ...stackedCases,
  ...maskCases,
  ...spatialCases,
];
