import { fed, ints, type OpCase, text, weight } from './op-case.js';

const modes = [
  { align_corners: { b: false }, half_pixel_centers: { b: false } },
  { align_corners: { b: true }, half_pixel_centers: { b: false } },
  { align_corners: { b: false }, half_pixel_centers: { b: true } },
];
const name = (mode: (typeof modes)[number]): string =>
  mode.align_corners.b ? 'corners' : mode.half_pixel_centers.b ? 'half pixels' : 'plain';
const targets = [
  [8, 10],
  [7, 9],
  [2, 3],
  [1, 1],
  [4, 5],
];

const resized: OpCase[] = ['ResizeBilinear', 'ResizeNearestNeighbor'].flatMap((op) => [
  ...modes.flatMap((attributes) =>
    targets.map((size) => ({
      op,
      title: `${name(attributes)}, [4,5] to [${size}]`,
      operands: [fed([null, 4, 5, 2]), ints(size)],
      attributes,
    })),
  ),
  ...modes.map((attributes) => ({
    op,
    title: `${name(attributes)}, [9,12] to a third`,
    operands: [fed([null, 9, 12, 1]), ints([3, 4])],
    attributes,
  })),
  ...modes.map((attributes) => ({
    op,
    title: `${name(attributes)}, open sizes, a size that is fed`,
    operands: [fed([2, null, null, 1]), fed([2], 'int32', [6, 5])],
    attributes,
    batches: [3, 7],
  })),
  { op, title: 'whole numbers', operands: [fed([null, 3, 3, 1], 'int32'), ints([6, 5])], attributes: modes[2] },
]);

const boxes = weight([3, 4], 'float32', [0.11, 0.23, 0.83, 0.71, 0.93, 0.07, 0.31, 1.43, -0.21, 0.33, 0.64, 0.37]);
const crops: OpCase[] = ['bilinear', 'nearest'].flatMap((method) =>
  [
    [3, 4],
    [1, 2],
    [5, 1],
    [4, 4],
    [1, 1],
  ].map((size) => ({
    op: 'CropAndResize',
    title: `${method} to [${size}]`,
    operands: [fed([2, null, 6, 3]), boxes, fed([3], 'int32', [1, 0, 1]), ints(size)],
    attributes: { method: text(method), extrapolation_value: { f: -1.5 } },
    batches: [5, 8],
  })),
);

export const rotation = [0.9, -0.31, 1.2, 0.27, 0.95, -2.37, 0.01, -0.02];
const far = [1.73, 0.21, -9.37, 0.13, 1.91, 6.43, 0, 0];
const transformed: OpCase[] = ['BILINEAR', 'NEAREST'].flatMap((interpolation) =>
  ['CONSTANT', 'NEAREST', 'REFLECT', 'WRAP'].flatMap((mode) =>
    [rotation, far].map((transform) => ({
      op: 'ImageProjectiveTransformV3',
      title: `${interpolation}, ${mode}, ${transform === far ? 'far outside' : 'turned'}`,
      operands: [
        fed([1, 5, null, 2]),
        weight([1, 8], 'float32', transform),
        ints([6, 7]),
        weight([], 'float32', [0.5]),
      ],
      attributes: { interpolation: text(interpolation), fill_mode: text(mode) },
      batches: [4],
      absolute: 5e-5, // places in float32: measured up to 1e-5
    })),
  ),
);

export const imageCases: readonly OpCase[] = [...resized, ...crops, ...transformed];
