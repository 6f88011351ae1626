import { range } from '../layout.js';
import type { LayerConverter } from './layer-scope.js';
import { paddings, slideWindow, withChannelsFirst } from './windows.js';

/**
 * Max and average pools → MaxPool, AveragePool (ai.onnx 12, 11), x in (batch, channels, …space).
 * Padding counts for nothing on both sides: below every maximum, and outside the average's divisor
 * (`count_include_pad` 0).
 */
const pool =
  (op: 'MaxPool' | 'AveragePool', spatialRank: number): LayerConverter =>
  (layer) => {
    const kernel = layer.config.integers('pool_size', spatialRank, 2);
    const window = {
      kernel,
      strides: layer.config.integers('strides', spatialRank, kernel),
      dilations: kernel.map(() => 1),
      padding: layer.config.oneOf('padding', paddings, 'valid'),
    };
    return withChannelsFirst(layer, layer.input, (x) => {
      const [batch, channels, ...space] = x.shape;
      const { sizes, attributes } = slideWindow(layer, space, window);
      return layer.add(op, [x], [batch, channels, ...sizes], attributes);
    });
  };

export const convertMaxPooling1D = pool('MaxPool', 1);
export const convertMaxPooling2D = pool('MaxPool', 2);
export const convertMaxPooling3D = pool('MaxPool', 3);
export const convertAveragePooling1D = pool('AveragePool', 1);
export const convertAveragePooling2D = pool('AveragePool', 2);
export const convertAveragePooling3D = pool('AveragePool', 3);

/**
 * Global pools → ReduceMax, ReduceMean (ai.onnx 13) over the spatial axes: (batch, …space, channels) → (batch, channels),
 * with `keepdims` (batch, 1, …, channels). TensorFlow.js 4.22 does not know `keepdims`, which Keras saves: it refuses the
 * model where the layers behind want those axes.
 */
const globalPool =
  (op: 'ReduceMax' | 'ReduceMean'): LayerConverter =>
  (layer) => {
    const { input: x, rank } = layer;
    const first =
      layer.config.oneOf('data_format', ['channelsLast', 'channelsFirst'], 'channelsLast') === 'channelsFirst';
    const axes = first ? range(2, rank) : range(1, rank - 1);
    const keepdims = Number(layer.config.boolean('keepdims', false));
    const shape = x.shape.flatMap((size, axis) => (!axes.includes(axis) ? [size] : keepdims ? [1] : []));
    return layer.add(op, [x], shape, { axes, keepdims });
  };

export const convertGlobalMaxPooling = globalPool('ReduceMax');
export const convertGlobalAveragePooling = globalPool('ReduceMean');
