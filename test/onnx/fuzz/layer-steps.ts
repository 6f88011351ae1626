import * as tl from '@tensorflow/tfjs-layers';
import type { Draw } from './draw.js';

const { layers } = tl;

export type Layer = tl.layers.Layer;
/** Sizes without the batch; null is unknown. */
export type Sizes = readonly (number | null)[];

/** A layer that tfjs takes over an input of these sizes, or undefined where there is none of the kind. */
export type Step = (draw: Draw, sizes: Sizes) => Layer | undefined;

const activations = [
  ...['linear', 'relu', 'relu6', 'elu', 'selu', 'sigmoid', 'hardSigmoid', 'softplus', 'softsign', 'tanh'],
  ...['softmax', 'logSoftmax', 'swish', 'mish', 'gelu'],
] as const;
const activation = (draw: Draw) => draw.of(activations) as 'relu';
const padding = (draw: Draw) => draw.of(['same', 'valid'] as const);
const dataFormat = (draw: Draw) => (draw.chance(0.15) ? ('channelsFirst' as const) : ('channelsLast' as const));

const known = (sizes: Sizes): sizes is readonly number[] => sizes.every((size) => size !== null);
const last = (sizes: Sizes) => sizes[sizes.length - 1];

/** Layers that take any number of axes. */
export const anywhere: Readonly<Record<string, Step>> = {
  Activation: (draw) => layers.activation({ activation: activation(draw) }),
  ReLU: (draw) => layers.reLU(draw.chance(0.5) ? { maxValue: draw.random() * 2 } : {}),
  LeakyReLU: (draw) => layers.leakyReLU({ alpha: draw.random() }),
  ELU: () => layers.elu(),
  PReLU: (draw, sizes) => {
    if (!known(sizes)) return undefined;
    return layers.prelu(draw.chance(0.5) && sizes.length > 1 ? { sharedAxes: [1] } : {});
  },
  ThresholdedReLU: (draw) => layers.thresholdedReLU({ theta: draw.random() }),
  Softmax: () => layers.softmax({ axis: -1 }),
  Dropout: () => layers.dropout({ rate: 0.5 }),
  GaussianNoise: () => layers.gaussianNoise({ stddev: 1 }),
  Rescaling: (draw) => layers.rescaling({ scale: draw.random() * 2, offset: draw.random() }),
  Dense: (draw, sizes) =>
    last(sizes) === null
      ? undefined
      : layers.dense({ units: draw.integer(1, 4), activation: activation(draw), useBias: draw.chance(0.7) }),
  BatchNormalization: (draw, sizes) =>
    sizes.length > 3 || last(sizes) === null
      ? undefined
      : layers.batchNormalization({ scale: draw.chance(0.7), center: draw.chance(0.7) }),
  LayerNormalization: (draw, sizes) => {
    if (sizes.length > 3 || last(sizes) === null) return undefined;
    const axes = sizes.flatMap((size, i) => (size === null ? [] : [i + 1]));
    const axis = draw.chance(0.5) ? -1 : draw.shuffled(axes).slice(0, draw.integer(1, axes.length)).sort();
    return layers.layerNormalization({ axis, scale: draw.chance(0.7), center: draw.chance(0.7) });
  },
  Flatten: (draw, sizes) =>
    known(sizes) && sizes.length > 1 ? layers.flatten({ dataFormat: dataFormat(draw) }) : undefined,
  Permute: (draw, sizes) =>
    sizes.length > 1 ? layers.permute({ dims: draw.shuffled(sizes.map((_, i) => i + 1)) }) : undefined,
  Reshape: (draw, sizes) => {
    if (!known(sizes)) return undefined;
    const count = sizes.reduce((product, size) => product * size, 1);
    const divisors = [1, 2, 3, 4, 5, 6].filter((divisor) => count % divisor === 0);
    const first = draw.of(divisors);
    const rest = count / first;
    const second = draw.of(divisors.filter((divisor) => rest % divisor === 0));
    const shapes = [
      [first, rest],
      [first, second, rest / second],
      [first, -1],
    ];
    return layers.reshape({ targetShape: draw.of(shapes) });
  },
};

/** Of a vector. */
export const vectors: Readonly<Record<string, Step>> = {
  RepeatVector: (draw) => layers.repeatVector({ n: draw.integer(1, 5) }),
};

const recurrentOptions = (draw: Draw) => ({
  units: draw.integer(1, 4),
  recurrentInitializer: 'zeros' as const,
  activation: draw.of(['tanh', 'relu', 'sigmoid', 'elu', 'softsign'] as const) as 'relu',
  recurrentActivation: draw.of(['sigmoid', 'hardSigmoid'] as const),
  useBias: draw.chance(0.8),
});
const runOptions = (draw: Draw) => ({ returnSequences: draw.chance(0.6), goBackwards: draw.chance(0.3) });
const recurrent = (draw: Draw) =>
  draw.of([layers.lstm, layers.gru, layers.simpleRNN])({ ...recurrentOptions(draw), ...runOptions(draw) });
const cell = (draw: Draw) => draw.of([layers.lstmCell, layers.gruCell, layers.simpleRNNCell])(recurrentOptions(draw));

/** Over (steps, features). */
export const sequences: Readonly<Record<string, Step>> = {
  Conv1D: (draw, [steps, features]) => {
    if (steps === null || features === null) return undefined;
    const kernelSize = draw.integer(1, Math.min(3, steps));
    const dilationRate = kernelSize > 1 && draw.chance(0.3) && 2 * (kernelSize - 1) < steps ? 2 : 1;
    const strides = dilationRate > 1 ? 1 : draw.integer(1, 3);
    return layers.conv1d({
      ...{ filters: draw.integer(1, 4), kernelSize, strides, dilationRate },
      ...{ padding: padding(draw), useBias: draw.chance(0.7), activation: activation(draw) },
    });
  },
  Pooling1D: (draw, [steps]) => {
    if (steps === null) return undefined;
    const options = {
      poolSize: draw.integer(1, Math.min(3, steps)),
      strides: draw.integer(1, 3),
      padding: padding(draw),
    };
    return draw.chance(0.5) ? layers.maxPooling1d(options) : layers.averagePooling1d(options);
  },
  GlobalPooling1D: (draw) => (draw.chance(0.5) ? layers.globalMaxPooling1d({}) : layers.globalAveragePooling1d({})),
  SpatialDropout1D: () => layers.spatialDropout1d({ rate: 0.5 }),
  Recurrent: (draw, sizes) => (last(sizes) === null ? undefined : recurrent(draw)),
  RecurrentAgain: (draw, sizes) => (last(sizes) === null ? undefined : recurrent(draw)),
  RNN: (draw, sizes) => {
    if (last(sizes) === null) return undefined;
    const cells = Array.from({ length: draw.integer(1, 3) }, () => cell(draw));
    const one = cells.length === 1 ? cells[0] : layers.stackedRNNCells({ cells });
    return layers.rnn({ cell: one as (typeof cells)[0], ...runOptions(draw) });
  },
  Bidirectional: (draw, sizes) => {
    if (last(sizes) === null) return undefined;
    const mergeMode = draw.of(['concat', 'sum', 'ave', 'mul'] as const);
    return layers.bidirectional({ layer: recurrent(draw) as tl.RNN, mergeMode });
  },
};

function window(draw: Draw, sizes: readonly number[], largest = 3) {
  const kernel = sizes.map((size) => draw.integer(1, Math.min(largest, size)));
  return { kernel, strides: sizes.map(() => draw.integer(1, 2)), padding: padding(draw) };
}

/** Over (height, width, channels), or channels first. */
export const images: Readonly<Record<string, Step>> = {
  Conv2D: (draw, sizes) => {
    if (!known(sizes)) return layers.conv2d({ filters: 2, kernelSize: 2, strides: 2, padding: 'same' });
    const format = dataFormat(draw);
    const { kernel, strides, padding } = window(draw, format === 'channelsFirst' ? sizes.slice(1) : sizes);
    const common = { kernelSize: kernel.slice(0, 2), padding, activation: activation(draw), useBias: draw.chance(0.7) };
    return layers.conv2d({ ...common, filters: draw.integer(1, 4), strides: strides.slice(0, 2), dataFormat: format });
  },
  DilatedConv2D: (draw, sizes) =>
    known(sizes) && sizes[0] > 2 && sizes[1] > 2
      ? layers.conv2d({ filters: 2, kernelSize: 2, dilationRate: 2, padding: padding(draw) })
      : undefined,
  DepthwiseConv2D: (draw, sizes) => {
    if (!known(sizes)) return undefined;
    const { kernel, strides, padding } = window(draw, sizes.slice(0, 2));
    const depthMultiplier = draw.integer(1, 2);
    return layers.depthwiseConv2d({
      ...{ kernelSize: kernel as [number, number], strides: [strides[0], strides[0]], padding, depthMultiplier },
      useBias: draw.chance(0.7),
    });
  },
  SeparableConv2D: (draw, sizes) => {
    if (!known(sizes)) return undefined;
    const { kernel, strides, padding } = window(draw, sizes.slice(0, 2));
    const common = { kernelSize: kernel, strides: [strides[0], strides[0]], padding, activation: activation(draw) };
    return layers.separableConv2d({ ...common, filters: draw.integer(1, 4), depthMultiplier: draw.integer(1, 2) });
  },
  Conv2DTranspose: (draw, sizes) => {
    if (last(sizes) === null || Math.max(...sizes.map((size) => size ?? 1)) > 8) return undefined;
    const format = known(sizes) ? dataFormat(draw) : 'channelsLast';
    const common = { kernelSize: [draw.integer(1, 3), draw.integer(1, 3)], strides: [draw.integer(1, 3), 2] };
    return layers.conv2dTranspose({
      ...common,
      filters: draw.integer(1, 3),
      padding: padding(draw),
      dataFormat: format,
    });
  },
  Pooling2D: (draw, sizes) => {
    if (!known(sizes)) return layers.maxPooling2d({ poolSize: 2, padding: 'same' });
    const format = dataFormat(draw);
    const { kernel, strides, padding } = window(draw, format === 'channelsFirst' ? sizes.slice(1) : sizes);
    const options = {
      ...{ poolSize: kernel.slice(0, 2) as [number, number], strides: strides.slice(0, 2) as [number, number] },
      ...{ padding, dataFormat: format },
    };
    return draw.chance(0.5) ? layers.maxPooling2d(options) : layers.averagePooling2d(options);
  },
  GlobalPooling2D: (draw) => {
    const options = { dataFormat: dataFormat(draw) };
    return draw.chance(0.5) ? layers.globalMaxPooling2d(options) : layers.globalAveragePooling2d(options);
  },
  ZeroPadding2D: (draw) => {
    const pair = (): [number, number] => [draw.integer(0, 2), draw.integer(0, 2)];
    return layers.zeroPadding2d({ padding: [pair(), pair()], dataFormat: dataFormat(draw) });
  },
  Cropping2D: (draw, sizes) => {
    if (!known(sizes)) return undefined;
    const pair = (size: number): [number, number] => {
      const total = draw.integer(0, size - 1);
      const begin = draw.integer(0, total);
      return [begin, total - begin];
    };
    return layers.cropping2D({ cropping: [pair(sizes[0]), pair(sizes[1])] });
  },
  UpSampling2D: (draw, sizes) => {
    if (Math.max(...sizes.map((size) => size ?? 1)) > 8) return undefined;
    const interpolation = draw.of(['nearest', 'bilinear'] as const);
    return layers.upSampling2d({
      size: [draw.integer(1, 3), draw.integer(1, 3)],
      interpolation,
      dataFormat: dataFormat(draw),
    });
  },
};

/** Over (depth, height, width, channels). */
export const volumes: Readonly<Record<string, Step>> = {
  Conv3D: (draw, sizes) => {
    if (!known(sizes)) return undefined;
    const { kernel, padding } = window(draw, sizes.slice(0, 3), 2);
    const strides = kernel.map((size) => draw.integer(1, size));
    return layers.conv3d({
      filters: draw.integer(1, 3),
      kernelSize: kernel,
      strides,
      padding,
      activation: activation(draw),
    });
  },
  Conv3DTranspose: (draw, sizes) => {
    if (!known(sizes) || Math.max(...sizes) > 6) return undefined;
    const kernelSize = [draw.integer(1, 2), draw.integer(1, 2), draw.integer(1, 2)];
    const strides = kernelSize.map((size) => draw.integer(1, size));
    return layers.conv3dTranspose({ filters: draw.integer(1, 2), kernelSize, strides, padding: padding(draw) });
  },
  Pooling3D: (draw, sizes) => {
    if (!known(sizes)) return undefined;
    const { kernel, padding } = window(draw, sizes.slice(0, 3), 2);
    const options = { poolSize: kernel as [number, number, number], padding };
    const strides = kernel.map((size) => draw.integer(1, size)) as [number, number, number];
    return draw.chance(0.5)
      ? layers.maxPooling3d({ ...options, strides })
      : layers.averagePooling3d({ ...options, strides });
  },
  ConvLSTM2D: (draw, sizes) => {
    if (!known(sizes)) return undefined;
    const kernelSize = sizes.slice(1, 3).map((size) => draw.integer(1, Math.min(2, size)));
    return layers.convLstm2d({
      ...{ filters: draw.integer(1, 2), kernelSize, padding: padding(draw), recurrentInitializer: 'glorotNormal' },
      ...runOptions(draw),
    });
  },
};
