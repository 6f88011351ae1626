import * as tf from '@tensorflow/tfjs-core';
import type { layers } from '@tensorflow/tfjs-layers';

/** What is read of tfjs' Conv2D, whose class is not exported. */
interface Conv2D extends layers.Layer {
  readonly activation: { getClassName(): string };
  readonly bias: { read(): tf.Tensor } | null;
  readonly kernel: { read(): tf.Tensor4D };
  readonly strides: [number, number];
  readonly padding: 'same' | 'valid';
  readonly dilationRate: [number, number];
  readonly dataFormat: 'channelsFirst' | 'channelsLast';
}

/**
 * The bias of a linear convolution, or undefined. In front of batch normalisation it is subtracted again with the mean, so
 * its gradient is zero; what stock layers give it is rounding noise, for two passes over the largest tensor of the step.
 */
export function biasOf(layer: layers.Layer): (() => tf.Tensor) | undefined {
  const conv = layer as Conv2D;
  const { bias } = conv;
  if (
    conv.getClassName() !== 'Conv2D' ||
    !bias ||
    conv.dataFormat === 'channelsFirst' ||
    conv.activation.getClassName() !== 'linear'
  )
    return undefined;
  return () => bias.read();
}

/**
 * Leaves out a convolution's bias in training, wherever `norm`, which follows it, normalises by the batch. As a plain
 * convolution: the fused one of the stock layer computes a gradient for its input even where that is the model's own.
 */
export function leaveOutBias(layer: layers.Layer, norm: layers.Layer): void {
  const conv = layer as Conv2D;
  const stock = conv.call.bind(conv);
  conv.call = (inputs, kwargs) => {
    if (!kwargs?.training || !norm.trainable) return stock(inputs, kwargs);
    const [x] = [inputs].flat() as tf.Tensor4D[];
    const { kernel, strides, padding, dilationRate } = conv;
    return tf.conv2d(x, kernel.read(), strides, padding, 'NHWC', dilationRate);
  };
}
