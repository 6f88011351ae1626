import { intTensor, type Value } from '../graph.js';
import { channelsLast, elementCount, staticSizes } from '../layout.js';
import type { LayerConfig } from '../parse/config.js';
import type { LayerConverter, LayerScope } from './layer-scope.js';

/** What only training feels (dropout, noise) leaves no node. */
export const convertIdentity: LayerConverter = (layer) => layer.input;

/** Flatten → Flatten (ai.onnx 13, axis 1): (batch, …) → (batch, product), channels last. */
export const convertFlatten: LayerConverter = (layer) => {
  const x = isChannelsFirst(layer.config) ? layer.transpose(layer.input, channelsLast(layer.rank)) : layer.input;
  const features = elementCount(knownSizes(layer, x));
  return layer.add('Flatten', [x], [x.shape[0], features], { axis: 1 });
};

/** Reshape → Reshape (ai.onnx 14): the batch stays (0), one unknown size of the target follows from the others. */
export const convertReshape: LayerConverter = (layer) => {
  const { input: x, config } = layer;
  const given = config.get('target_shape');
  if (!Array.isArray(given)) throw layer.refusal(`target_shape ${JSON.stringify(given)}`, 'a list of sizes');
  const target = given.map((size: number | null) => (size === null || size < 0 ? -1 : size));
  if (!staticSizes(x.shape.slice(1))) return reshapeUnknown(layer, x, target);
  const count = elementCount(knownSizes(layer, x));
  const known = elementCount(target.filter((size) => size !== -1));
  const sizes = target.map((size) => (size === -1 ? count / known : size));
  if (elementCount(sizes) !== count || !sizes.every(Number.isInteger))
    throw new RangeError(`${config.layer}: ${count} elements do not fit into [${target}]`);
  return layer.add('Reshape', [x, layer.constant('shape', () => intTensor([0, ...sizes]))], [x.shape[0], ...sizes]);
};

/** Of an input of unknown size: onnxruntime finds the one unknown size of the target, if any, and checks the others. */
function reshapeUnknown(layer: LayerScope, x: Value, target: readonly number[]): Value {
  if (target.filter((size) => size === -1).length > 1)
    throw layer.refusal(`target_shape [${target}]`, 'one unknown size');
  const shape = target.map((size, axis) => (size === -1 ? layer.unknownSize(`size${axis + 1}`) : size));
  return layer.add('Reshape', [x, layer.constant('shape', () => intTensor([0, ...target]))], [x.shape[0], ...shape]);
}

/** Permute → Transpose. tfjs counts axes from 1, without the batch: dims [2, 1] is perm [0, 2, 1]. */
export const convertPermute: LayerConverter = (layer) =>
  layer.transpose(layer.input, [0, ...layer.config.integers('dims', layer.rank - 1)]);

/** RepeatVector → Unsqueeze, Expand (ai.onnx 13): (batch, features) → (batch, 1, features) → (batch, n, features). */
export const convertRepeatVector: LayerConverter = (layer) => {
  const { input: x, config, rank } = layer;
  if (rank !== 2) throw layer.refusal(`an input of ${rank} axes`, 'two');
  const n = config.number('n');
  const [batch, features] = x.shape;
  const one = layer.add('Unsqueeze', [x, layer.constant('axis1', () => intTensor([1]))], [batch, 1, features]);
  return layer.add('Expand', [one, layer.constant('shape', () => intTensor([1, n, 1]))], [batch, n, features]);
};

/** ZeroPadding2D → Pad (ai.onnx 13) with zeros; padding is [[top, bottom], [left, right]]. */
export const convertZeroPadding2D: LayerConverter = (layer) => {
  const { input: x, config } = layer;
  const [rows, columns] = pairs(config.get('padding') ?? 1);
  const space = isChannelsFirst(config) ? 2 : 1;
  const begins = [0, 0, 0, 0];
  const ends = [0, 0, 0, 0];
  [begins[space], ends[space]] = rows;
  [begins[space + 1], ends[space + 1]] = columns;
  const shape = x.shape.map((size, axis) => {
    const added = begins[axis] + ends[axis];
    if (added === 0) return size;
    return typeof size === 'number' ? size + added : layer.unknownSize(`size${axis}`);
  });
  return layer.add('Pad', [x, layer.constant('pads', () => intTensor([...begins, ...ends]))], shape, {
    mode: 'constant',
  });
};

/** Cropping2D → Slice (ai.onnx 13) of rows and columns; cropping is [[top, bottom], [left, right]]. */
export const convertCropping2D: LayerConverter = (layer) => {
  const { input: x, config } = layer;
  const [rows, columns] = pairs(config.get('cropping') ?? 0);
  const space = isChannelsFirst(config) ? 2 : 1;
  const shape = x.shape.map((size, axis) => {
    const cut = axis === space ? rows : axis === space + 1 ? columns : [0, 0];
    if (cut[0] + cut[1] === 0) return size;
    if (typeof size === 'string') return layer.unknownSize(`size${axis}`);
    if (size < cut[0] + cut[1])
      throw new RangeError(`${config.layer}: ${cut[0]} and ${cut[1]} cannot be cut off ${size}`);
    return size - cut[0] - cut[1];
  });
  const list = (label: string, values: number[]) => layer.constant(label, () => intTensor(values));
  // The end counts from behind; none cut off is the largest end there is.
  const ends = [rows[1], columns[1]].map((cut) => (cut === 0 ? 2 ** 31 - 1 : -cut));
  const starts = list('starts', [rows[0], columns[0]]);
  return layer.add('Slice', [x, starts, list('ends', ends), list('axes', [space, space + 1])], shape);
};

/** 1, [1, 2] or [[1, 1], [2, 2]] → two pairs. */
const pairs = (given: unknown): number[][] =>
  (Array.isArray(given) ? given : [given, given]).map((pair: unknown) =>
    Array.isArray(pair) ? pair.map(Number) : [Number(pair), Number(pair)],
  );

const isChannelsFirst = (config: LayerConfig): boolean =>
  config.oneOf('data_format', ['channelsLast', 'channelsFirst'], 'channelsLast') === 'channelsFirst';

function knownSizes(layer: LayerScope, x: Value): number[] {
  const sizes = staticSizes(x.shape.slice(1));
  if (!sizes) throw layer.refusal(`an input of unknown size (${x.shape.join(', ')})`, 'known sizes beyond the batch');
  return sizes;
}
