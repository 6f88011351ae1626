import { absent, type Dimension, floatTensor, intTensor, type Value } from '../graph.js';
import { range } from '../layout.js';
import type { LayerConverter, LayerScope } from './layer-scope.js';
import { betweenTransposes, withChannelsFirst } from './windows.js';

const interpolations = ['nearest', 'bilinear'] as const;
type Interpolation = (typeof interpolations)[number];

/** How Resize finds the place in the input of each element of the output (ai.onnx 13). */
const coordinates = {
  /** i · in / out, the nearest below */
  asymmetric: { coordinate_transformation_mode: 'asymmetric', nearest_mode: 'floor' },
  /** i · (in − 1) / (out − 1), the nearest, above where two are */
  corners: { coordinate_transformation_mode: 'align_corners', nearest_mode: 'round_prefer_ceil' },
} as const;

const modeOf = (interpolation: Interpolation) => ({ mode: interpolation === 'nearest' ? 'nearest' : 'linear' });

/** UpSampling2D → Resize by `size`, over (batch, channels, height, width). */
export const convertUpSampling2D: LayerConverter = (layer) => {
  const { config } = layer;
  const size = config.integers('size', 2, 2);
  const interpolation = config.oneOf('interpolation', interpolations, 'nearest');
  const scales = layer.constant('scales', () => floatTensor([4], [1, 1, ...size]));
  return withChannelsFirst(layer, layer.input, (x) => {
    const grown = x.shape.slice(2).map((old, i): Dimension => {
      if (typeof old === 'number') return old * size[i];
      return size[i] === 1 ? old : layer.unknownSize(`size${i + 1}`);
    });
    const attributes = { ...modeOf(interpolation), ...coordinates.asymmetric };
    return layer.add('Resize', [x, absent, scales], [...x.shape.slice(0, 2), ...grown], attributes);
  });
};

/**
 * Resizing → Resize to (height, width), corners upon corners; with `crop_to_aspect_ratio`, which in tfjs crops nothing,
 * element 0 upon element 0. Nearest neighbours over known sizes are chosen here, by tfjs's own rounding: Gather.
 *
 * @throws TypeError for an input without batch, which tfjs takes too
 */
export const convertResizing: LayerConverter = (layer) => {
  const { config, input: x } = layer;
  requireImages(layer, x);
  const sizes = [config.number('height'), config.number('width')];
  const corners = !config.boolean('crop_to_aspect_ratio', false);
  const interpolation = config.oneOf('interpolation', interpolations, 'bilinear');
  const known = x.shape.slice(1, 3);
  if (interpolation === 'nearest' && known.every((size) => typeof size === 'number'))
    return [0, 1].reduce((y, i) => pick(layer, y, i + 1, nearest(known[i] as number, sizes[i], corners)), x);
  return resize(layer, x, sizes, interpolation, corners);
};

/**
 * CenterCrop → Gather of the rows and columns in the middle, where both sides are large enough: those that tfjs's
 * cropAndResize rounds to. Else the whole image is resized (bilinear, element 0 upon element 0).
 *
 * @throws TypeError for unknown sizes, from which rows and columns follow
 */
export const convertCenterCrop: LayerConverter = (layer) => {
  const { config, input: x } = layer;
  requireImages(layer, x);
  const [, height, width] = x.shape;
  if (typeof height !== 'number' || typeof width !== 'number')
    throw layer.refusal(
      `an image of unknown size (${height}, ${width})`,
      'known sizes: which rows stay follows from them',
    );
  const [rows, columns] = [config.number('height'), config.number('width')];
  const top = Math.floor((height - rows) / 2);
  // tfjs begins at column 1 where half of what is left over rounds to none.
  const left = width === columns ? 0 : Math.floor((width - columns) / 2) || 1;
  if (top < 0 || left < 0) return resize(layer, x, [rows, columns], 'bilinear', false);
  const cropped = pick(layer, x, 1, crop(layer, height, rows, top));
  return pick(layer, cropped, 2, crop(layer, width, columns, left));
};

function requireImages(layer: LayerScope, x: Value): void {
  if (x.shape.length !== 4)
    throw layer.refusal(`an input of ${x.shape.length} axes`, '(batch, height, width, channels)');
}

function resize(
  layer: LayerScope,
  x: Value,
  sizes: readonly number[],
  interpolation: Interpolation,
  corners: boolean,
): Value {
  return betweenTransposes(layer, x, (image) => {
    const kept = layer.add('Shape', [image], undefined, { start: 0, end: 2 });
    const wanted = layer.add('Concat', [kept, layer.constant('sizes', () => intTensor(sizes))], [4], { axis: 0 });
    const attributes = { ...modeOf(interpolation), ...(corners ? coordinates.corners : coordinates.asymmetric) };
    return layer.add('Resize', [image, absent, absent, wanted], [...image.shape.slice(0, 2), ...sizes], attributes);
  });
}

/** Which of `size` elements stand in the places of `count`. */
function nearest(size: number, count: number, corners: boolean): number[] {
  const scale = corners && count > 1 ? (size - 1) / (count - 1) : size / count;
  return range(0, count).map((i) => Math.min(size - 1, corners ? Math.round(i * scale) : Math.floor(i * scale)));
}

/** Which of `size` elements cropAndResize takes for `count` from `begin` on: bounds as shares of the size, in float32. */
function crop(layer: LayerScope, size: number, count: number, begin: number): number[] {
  const [first, last] = [Math.fround(begin / size), Math.fround((count + begin) / size)];
  const places = range(0, count).map((i) => {
    if (count === 1) return 0.5 * (first + last) * (size - 1);
    return first * (size - 1) + i * (((last - first) * (size - 1)) / (count - 1));
  });
  if (places.some((place) => place < 0 || place > size - 1))
    throw layer.refusal(`a crop of ${count} of ${size}`, 'crops whose bounds tfjs does not round beyond the image');
  return places.map(Math.round);
}

/** The elements of x at these places along an axis. */
function pick(layer: LayerScope, x: Value, axis: number, indices: readonly number[]): Value {
  const chosen = layer.constant(`indices${axis}`, () => intTensor(indices));
  return layer.add('Gather', [x, chosen], x.shape.with(axis, indices.length), { axis });
}
