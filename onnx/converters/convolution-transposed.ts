import { range, transposeTensor } from '../layout.js';
import { activate } from './activations.js';
import type { LayerConverter } from './layer-scope.js';
import { paddings, withChannelsFirst } from './windows.js';

/**
 * Conv2DTranspose, Conv3DTranspose → ConvTranspose (ai.onnx 11), x in (batch, channels, …space).
 *
 * tfjs kernel (…space, out, in) → ONNX W (in, out, …space); bias (out) stays. The output has in · stride + r elements
 * along an axis, where r = max(kernel − stride, 0) for `valid` and 0 for `same`, which cuts r elements off: ⌊r / 2⌋ at
 * the beginning, the rest at the end. A stride beyond the kernel leaves stride − kernel elements of bias at the end
 * (`output_padding`).
 *
 * @throws TypeError for a dilation, which tfjs ignores
 */
const transposedConvolution =
  (spatialRank: number): LayerConverter =>
  (layer) => {
    const { config } = layer;
    const kernelSize = config.integers('kernel_size', spatialRank);
    const strides = config.integers('strides', spatialRank, 1);
    if (config.integers('dilation_rate', spatialRank, 1).some((rate) => rate !== 1))
      throw layer.refusal('a dilation_rate', 'dilation_rate 1: tfjs computes without it whatever is said');
    const rests = kernelSize.map((size, i) => Math.max(size - strides[i], 0));
    const padding = config.oneOf('padding', paddings, 'valid');
    const cut = padding === 'same' ? rests : rests.map(() => 0);
    if (spatialRank === 3 && padding === 'same' && kernelSize.some((size, i) => size < strides[i]))
      throw layer.refusal(
        `padding same with strides [${strides}] beyond the kernel [${kernelSize}]`,
        'kernels as large as the strides, or padding valid: tfjs moves such windows, as no operator of ONNX does',
      );
    const begins = cut.map((rest) => Math.floor(rest / 2));
    const ends = cut.map((rest, i) => rest - begins[i]);

    const y = withChannelsFirst(layer, layer.input, (x) => {
      const [batch, channels, ...space] = x.shape;
      if (typeof channels !== 'number') throw layer.refusal('an unknown number of channels', 'a known one');
      const filters = config.number('filters');
      const kernel = layer.constant('kernel', () => {
        const weight = layer.weight('kernel', [...kernelSize, filters, channels]);
        return transposeTensor(weight, [spatialRank + 1, spatialRank, ...range(0, spatialRank)]);
      });
      const bias = config.boolean('use_bias', true)
        ? [layer.constant('bias', () => layer.weight('bias', [filters]))]
        : [];
      const sizes = space.map((size, i) =>
        typeof size === 'number' ? size * strides[i] + rests[i] - cut[i] : layer.unknownSize(`size${i + 1}`),
      );
      return layer.add('ConvTranspose', [x, kernel, ...bias], [batch, filters, ...sizes], {
        kernel_shape: kernelSize,
        strides,
        pads: [...begins, ...ends],
        output_padding: kernelSize.map((size, i) => Math.max(strides[i] - size, 0)),
      });
    });
    return activate(layer, y);
  };

export const convertConv2DTranspose = transposedConvolution(2);
export const convertConv3DTranspose = transposedConvolution(3);
