import { absent, type Dimension, floatTensor, type Value } from '../graph.js';
import { elementsOf } from '../infer/known.js';
import { convertCropAndResize } from './crop-and-resize.js';
import type { OpConverter, OpScope } from './op-scope.js';
import { convertImageProjectiveTransform } from './projective-transform.js';
import { elementOf, sizeOf } from './sizes.js';
import { overSpace } from './windows.js';

/**
 * ResizeBilinear → Resize (ai.onnx 13), linear, over (batch, channels, height, width). The pixel that output i comes from:
 * align_corners i · (in − 1) / (out − 1); half_pixel_centers (i + ½) · in / out − ½; neither i · in / out. The result is
 * float32 as in tfjs.
 */
const convertResizeBilinear: OpConverter = (op) => {
  const images = op.cast(op.tensor('images'), 'float32');
  const mode = aligned(op) ? 'align_corners' : op.boolean('halfPixelCenters') ? 'half_pixel' : 'asymmetric';
  const attributes = { mode: 'linear', coordinate_transformation_mode: mode };
  return overSpace(op, images, 2, (x) => {
    const size = op.tensor('size');
    const scales = [0, 1].map((i) => scaleOf(x.shape[i + 2], elementsOf(size)?.[i]));
    if (!scales.every((scale) => scale !== undefined)) {
      const kept = op.emit('Shape', [x], { end: 2 });
      const sizes = op.emit('Concat', [kept, op.cast(size, 'int64')], { axis: 0 });
      return op.emit('Resize', [x, absent, absent, sizes], attributes);
    }
    return scaled(op, x, scales, attributes);
  });
};

/** Resize by known factors, to the sizes that the node names. */
function scaled(op: OpScope, x: Value, factors: readonly number[], attributes: Record<string, string>): Value {
  const sizes = elementsOf(op.tensor('size')) as Dimension[];
  const scales = op.graph.constant(`${op.name}/scales`, floatTensor([4], [1, 1, ...factors]));
  return op.add('Resize', [x, absent, scales], [...x.shape.slice(0, 2), ...sizes], attributes);
}

function aligned(op: OpScope): boolean {
  const corners = op.boolean('alignCorners');
  if (corners && op.boolean('halfPixelCenters'))
    throw op.refusal('align_corners together with half_pixel_centers', 'one of them, as in TensorFlow');
  return corners;
}

/** out / in where it is known; for `in · k` it is k. Undefined where no float32 gives the size. */
function scaleOf(size: Dimension, wanted: Dimension | undefined): number | undefined {
  if (wanted === undefined) return undefined;
  if (size === wanted) return 1;
  if (typeof size === 'number') return typeof wanted === 'number' ? factorOf(size, wanted) : undefined;
  const factor = String(wanted)
    .split('*')
    .find((part) => `${size}*${part}` === wanted || `${part}*${size}` === wanted);
  return factor !== undefined && /^\d+$/.test(factor) ? Number(factor) : undefined;
}

/**
 * The float32 nearest to wanted / size for which ⌊size · factor⌋ is the wanted size, whether it is multiplied in 32 bits or
 * in 64: onnxruntime does one or the other.
 */
export function factorOf(size: number, wanted: number): number | undefined {
  const nearest = Math.fround(wanted / size);
  const above = Math.fround(nearest * (1 + 2 ** -23));
  return [nearest, above].find(
    (factor) => Math.floor(size * factor) === wanted && Math.floor(Math.fround(size * factor)) === wanted,
  );
}

/**
 * ResizeNearestNeighbor: by whole factors → Resize, nearest; else a Gather along each axis of the pixels that whole numbers
 * give exactly, where Resize's quotient of float32 may fall below the next one: in / out · i cut to a whole number, of
 * i + ½ with half_pixel_centers, rounded for align_corners over (in − 1) / (out − 1).
 */
const convertResizeNearestNeighbor: OpConverter = (op) => {
  const x = op.tensor('images');
  const size = op.tensor('size');
  const corners = aligned(op);
  const first = x.shape.length - 3;
  const factors = [0, 1].map((i) => scaleOf(x.shape[first + i], elementsOf(size)?.[i]));
  if (!corners && x.type !== 'bool' && factors.every((factor) => factor !== undefined && Number.isInteger(factor))) {
    const attributes = { mode: 'nearest', nearest_mode: 'floor', coordinate_transformation_mode: 'asymmetric' };
    return overSpace(op, x, 2, (moved) => scaled(op, moved, factors as number[], attributes));
  }
  return [0, 1].reduce((picked, i) => {
    const places = nearest(op, sizeOf(op, picked, first + i), elementOf(op, size, i), corners);
    return op.emit('Gather', [picked, places], { axis: first + i });
  }, x);
};

/** The pixel for each output along one axis, as int64: sizes are vectors of one. */
function nearest(op: OpScope, size: Value, wanted: Value, corners: boolean): Value {
  const [one, two] = [op.ints('one', [1]), op.ints('two', [2])];
  const scalar = (value: Value): Value => op.emit('Squeeze', [value, op.ints('only', [0])]);
  const index = op.emit('Range', [scalar(op.ints('first', [0])), scalar(wanted), scalar(one)]);
  if (corners) {
    const steps = op.emit('Max', [op.emit('Sub', [wanted, one]), one]);
    const reach = op.emit('Mul', [op.emit('Mul', [index, op.emit('Sub', [size, one])]), two]);
    return op.emit('Div', [op.emit('Add', [reach, steps]), op.emit('Mul', [steps, two])]);
  }
  if (!op.boolean('halfPixelCenters')) return op.emit('Div', [op.emit('Mul', [index, size]), wanted]);
  const halves = op.emit('Add', [op.emit('Mul', [index, two]), one]);
  return op.emit('Div', [op.emit('Mul', [halves, size]), op.emit('Mul', [wanted, two])]);
}

export const imageConverters = {
  CropAndResize: convertCropAndResize,
  ImageProjectiveTransformV3: convertImageProjectiveTransform,
  ResizeBilinear: convertResizeBilinear,
  ResizeNearestNeighbor: convertResizeNearestNeighbor,
} satisfies Record<string, OpConverter>;
