import * as tl from '@tensorflow/tfjs-layers';
import { whole } from './exported.js';
import { chain, filled, type LayerCase, one, type Shape } from './layer-case.js';

const { layers } = tl;

/** Kernel and stride on both sides of each other, odd and even. */
const windows: [kernelSize: number, strides: number][] = [
  [3, 1],
  [3, 2],
  [4, 2],
  [2, 3],
  [1, 2],
  [5, 3],
];

const transposed: LayerCase[] = [
  ...windows.flatMap(([kernelSize, strides]) =>
    (['same', 'valid'] as const).flatMap((padding) => [
      one('Conv2DTranspose', `${padding}, kernel ${kernelSize}, stride ${strides}`, [4, 5, 2], () =>
        layers.conv2dTranspose({ filters: 3, kernelSize, strides, padding }),
      ),
      ...(padding === 'same' && strides > kernelSize
        ? []
        : [
            one('Conv3DTranspose', `${padding}, kernel ${kernelSize}, stride ${strides}`, [2, 3, 2, 2], () =>
              layers.conv3dTranspose({ filters: 2, kernelSize, strides, padding }),
            ),
          ]),
    ]),
  ),
  one('Conv2DTranspose', 'two sizes, no bias, relu', [4, 5, 2], () =>
    layers.conv2dTranspose({
      filters: 3,
      kernelSize: [2, 3],
      strides: [1, 2],
      padding: 'same',
      useBias: false,
      activation: 'relu',
    }),
  ),
  one('Conv2DTranspose', 'channels first', [2, 4, 5], () =>
    layers.conv2dTranspose({ filters: 3, kernelSize: 3, strides: 2, dataFormat: 'channelsFirst', padding: 'same' }),
  ),
  one('Conv2DTranspose', 'space of unknown size', [null, null, 2], () =>
    layers.conv2dTranspose({ filters: 3, kernelSize: 3, strides: 2, padding: 'same' }),
  ),
  one('Conv3DTranspose', 'channels first', [2, 3, 2, 2], () =>
    layers.conv3dTranspose({ filters: 2, kernelSize: 2, strides: 2, dataFormat: 'channelsFirst' }),
  ),
];

const cropped: LayerCase[] = [
  one('Cropping2D', 'one for all', [5, 6, 2], () => layers.cropping2D({ cropping: 1 as never })),
  one('Cropping2D', 'uneven', [6, 7, 2], () =>
    layers.cropping2D({
      cropping: [
        [1, 2],
        [0, 3],
      ],
    }),
  ),
  one('Cropping2D', 'none at the ends', [6, 7, 2], () =>
    layers.cropping2D({
      cropping: [
        [2, 0],
        [0, 0],
      ],
    }),
  ),
  one('Cropping2D', 'channels first', [2, 5, 6], () =>
    layers.cropping2D({ cropping: [1, 2] as never, dataFormat: 'channelsFirst' }),
  ),
  chain('Cropping2D', 'between convolutions', [7, 7, 2], () => [
    layers.conv2d({ filters: 3, kernelSize: 3 }),
    layers.cropping2D({
      cropping: [
        [1, 0],
        [0, 2],
      ],
    }),
    layers.conv2d({ filters: 2, kernelSize: 2 }),
  ]),
];

const upsampled: LayerCase[] = (['nearest', 'bilinear'] as const).flatMap((interpolation) => [
  one('UpSampling2D', `${interpolation}, twice`, [4, 5, 2], () => layers.upSampling2d({ interpolation })),
  one('UpSampling2D', `${interpolation}, 3 × 1`, [4, 5, 2], () => layers.upSampling2d({ size: [3, 1], interpolation })),
  one('UpSampling2D', `${interpolation}, channels first`, [2, 3, 4], () =>
    layers.upSampling2d({ size: [2, 3], interpolation, dataFormat: 'channelsFirst' }),
  ),
  one('UpSampling2D', `${interpolation}, unknown size`, [null, null, 2], () =>
    layers.upSampling2d({ size: [2, 2], interpolation }),
  ),
]);

interface Resizing {
  height: number;
  width: number;
  interpolation: 'nearest' | 'bilinear';
  cropToAspectRatio?: boolean;
}

/** By itself the layer stops in tfjs, which hands it a list; so it is distributed. It tells its output a wrong shape. */
const resized: LayerCase[] = (['nearest', 'bilinear'] as const).flatMap((interpolation) =>
  [false, true].flatMap((cropToAspectRatio) =>
    (
      [
        [[6, 8, 2], 3, 4],
        [[5, 7, 2], 9, 11],
        [[4, 15, 1], 7, 15],
        [[4, 5, 2], 1, 1],
        [[null, null, 2], 5, 4],
      ] as [Shape, number, number][]
    ).map(([shape, height, width]) =>
      one(
        'Resizing',
        `${interpolation}, ${cropToAspectRatio ? 'corner upon corner no more' : 'corners'}, ${shape} to ${height} × ${width}`,
        [2, ...shape],
        () =>
          layers.timeDistributed({
            layer: layers.resizing({ height, width, interpolation, cropToAspectRatio } as Resizing),
          }),
      ),
    ),
  ),
);

/** CenterCrop and CategoryEncoding write their output's size into their input's: Reshape gives them one to spoil. */
const centred: LayerCase[] = (
  [
    [[6, 8, 2], 3, 4],
    [[7, 9, 2], 4, 5],
    [[5, 6, 2], 5, 6],
    [[5, 6, 2], 4, 5],
    [[9, 9, 1], 1, 3],
  ] as [Shape, number, number][]
).map(([shape, height, width]) =>
  chain('CenterCrop', `${shape} to ${height} × ${width}`, shape, () => [
    layers.reshape({ targetShape: [...shape] }),
    layers.centerCrop({ height, width }),
  ]),
);

/** Like Resizing, an enlarging crop works in tfjs inside TimeDistributed alone. */
const enlarged = one('CenterCrop', 'of a smaller image', [2, 4, 4, 2], () =>
  layers.timeDistributed({ layer: layers.centerCrop({ height: 6, width: 5 }) }),
);

const categories: LayerCase[] = filled(whole(4), [
  chain('CategoryEncoding', 'multi-hot', [5], () => [
    layers.reshape({ targetShape: [5] }),
    layers.categoryEncoding({ numTokens: 4, outputMode: 'multiHot' }),
  ]),
  chain('CategoryEncoding', 'count', [5], () => [
    layers.reshape({ targetShape: [5] }),
    layers.categoryEncoding({ numTokens: 6, outputMode: 'count' }),
  ]),
  chain('CategoryEncoding', 'one-hot', [1], () => [
    layers.reshape({ targetShape: [1] }),
    layers.categoryEncoding({ numTokens: 4, outputMode: 'oneHot' }),
  ]),
]);

const scaled: LayerCase[] = [
  one('Rescaling', 'scale and offset', [4, 3], () => layers.rescaling({ scale: 1 / 127.5, offset: -1 })),
  one('Rescaling', 'scale alone', [4], () => layers.rescaling({ scale: 3 })),
  {
    layer: 'Rescaling',
    title: 'whole numbers, then a convolution',
    build: () => {
      const input = tl.input({ shape: [4, 4, 1], dtype: 'int32' });
      const x = layers.rescaling({ scale: 0.5 }).apply(input);
      const conv = layers.conv2d({ filters: 2, kernelSize: 2 });
      return tl.model({ inputs: input, outputs: conv.apply(x) as tl.SymbolicTensor });
    },
    fill: whole(5),
  },
];

export const spatialCases: readonly LayerCase[] = [
  ...transposed,
  ...cropped,
  ...upsampled,
  ...resized,
  ...centred,
  enlarged,
  ...categories,
  ...scaled,
];
