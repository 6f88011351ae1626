import { fed, integers, ints, type OpCase, text, weight } from './op-case.js';

const absolute = 2e-5; // measured: up to 7e-6
const window = (padding: string, stride = 1, dilation = 1) => ({
  padding: text(padding),
  strides: integers(1, stride, stride, 1),
  dilations: integers(1, dilation, dilation, 1),
});
const fused = (...ops: string[]) => ({ fused_ops: { list: { s: ops.map((op) => text(op).s) } } });
const image = fed([null, 7, 6, 3]);
const openImage = fed([2, null, null, 3]);
const kernel = weight([3, 2, 3, 4]);

const conv2d: OpCase[] = [
  ...['SAME', 'VALID'].flatMap((padding) =>
    [1, 2].map((stride) => ({
      op: 'Conv2D',
      title: `${padding}, strides of ${stride}`,
      operands: [image, kernel],
      attributes: window(padding, stride),
    })),
  ),
  { op: 'Conv2D', title: 'dilated', operands: [image, kernel], attributes: window('SAME', 1, 2) },
  ...['SAME', 'VALID'].map((padding) => ({
    op: 'Conv2D',
    title: `${padding} over open sizes`,
    operands: [openImage, kernel],
    attributes: window(padding, 2),
    batches: [5, 8],
  })),
  {
    op: 'Conv2D',
    title: 'dilated over open sizes',
    operands: [openImage, kernel],
    attributes: window('SAME', 1, 2),
    batches: [6, 9],
  },
  {
    op: 'Conv2D',
    title: 'explicit padding',
    operands: [image, kernel],
    attributes: { ...window('EXPLICIT', 2), explicit_paddings: integers(0, 0, 2, 1, 0, 3, 0, 0) },
  },
  {
    op: 'Conv2D',
    title: 'without a batch',
    operands: [fed([null, 6, 3]), kernel],
    attributes: window('SAME'),
    batches: [7],
  },
  { op: 'Conv2D', title: 'a kernel that is fed', operands: [image, fed([3, 2, 3, 4])], attributes: window('SAME') },
  ...[
    { padding: 'SAME', strides: integers(1, 1, 1, 1) },
    { padding: 'VALID', strides: integers(1, 1, 1, 1) },
  ].map(({ padding, strides }) => ({
    op: 'Conv2D',
    title: `NCHW, ${padding}`,
    operands: [fed([null, 3, 7, 6]), kernel],
    attributes: { padding: text(padding), strides, dilations: integers(1, 1, 1, 1), data_format: text('NCHW') },
  })),
];

const fusions: OpCase[] = [
  {
    op: '_FusedConv2D',
    title: 'a bias',
    operands: [image, kernel, weight([4])],
    attributes: { ...window('SAME'), num_args: { i: '1' }, ...fused('BiasAdd') },
  },
  ...['Relu', 'Relu6', 'Elu', 'Sigmoid', 'LeakyRelu'].map((activation) => ({
    op: '_FusedConv2D',
    title: `a bias, ${activation}`,
    operands: [image, kernel, weight([4])],
    attributes: {
      ...window('SAME'),
      num_args: { i: '1' },
      leakyrelu_alpha: { f: 0.3 },
      ...fused('BiasAdd', activation),
    },
  })),
  ...[[4], [7, 6, 4], [1]].map((shape) => ({
    op: '_FusedConv2D',
    title: `a bias, Prelu with slopes of [${shape}]`,
    operands: [image, kernel, weight([4]), weight(shape)],
    attributes: { ...window('SAME'), num_args: { i: '2' }, ...fused('BiasAdd', 'Prelu') },
  })),
  {
    op: 'FusedDepthwiseConv2dNative',
    title: 'a bias, Relu6',
    operands: [image, weight([3, 3, 3, 2]), weight([6])],
    attributes: { ...window('SAME', 2), num_args: { i: '1' }, ...fused('BiasAdd', 'Relu6') },
  },
  {
    op: 'FusedDepthwiseConv2dNative',
    title: 'a bias, Prelu',
    operands: [image, weight([3, 3, 3, 1]), weight([3]), weight([3])],
    attributes: { ...window('VALID'), num_args: { i: '2' }, ...fused('BiasAdd', 'Prelu') },
  },
];

const others: OpCase[] = [
  ...['DepthwiseConv2dNative', 'DepthwiseConv2d'].flatMap((op) => [
    { op, title: 'SAME, strides of 2', operands: [image, weight([3, 3, 3, 2])], attributes: window('SAME', 2) },
    { op, title: 'dilated', operands: [image, weight([3, 3, 3, 1])], attributes: window('VALID', 1, 2) },
    {
      op,
      title: 'explicit padding',
      operands: [image, weight([3, 3, 3, 1])],
      attributes: { ...window('EXPLICIT'), explicit_paddings: integers(0, 0, 1, 1, 2, 0, 0, 0) },
    },
  ]),
  ...['SAME', 'VALID'].map((padding) => ({
    op: 'Conv1D',
    title: padding,
    operands: [fed([null, 9, 3]), weight([3, 3, 4])],
    attributes: { padding: text(padding), stride: { i: '2' } },
  })),
  {
    op: 'Conv1D',
    title: 'dilated',
    operands: [fed([2, null, 3]), weight([3, 3, 4])],
    attributes: { padding: text('SAME'), stride: { i: '1' }, dilation: { i: '2' } },
    batches: [8],
  },
  ...['SAME', 'VALID'].map((padding) => ({
    op: 'Conv3D',
    title: padding,
    operands: [fed([null, 5, 4, 6, 2]), weight([2, 3, 3, 2, 3])],
    attributes: {
      padding: text(padding),
      strides: integers(1, 1, 2, 1, 1),
      dilations: integers(1, 1, 1, 1, 1),
      data_format: text('NDHWC'),
    },
  })),
];

const transposed = (padding: string, stride: number, output: number[], input: number[], size = 3): OpCase => ({
  op: 'Conv2DBackpropInput',
  title: `${padding}, kernels of ${size}, strides of ${stride}, [${input}] to [${output}]`,
  operands: [ints([2, ...output, 4]), weight([size, size, 4, 3]), fed([2, ...input, 3])],
  attributes: window(padding, stride),
});

const transposes: OpCase[] = [
  transposed('SAME', 1, [5, 4], [5, 4]),
  transposed('SAME', 2, [10, 8], [5, 4]),
  transposed('SAME', 2, [9, 7], [5, 4]),
  transposed('SAME', 3, [9, 12], [3, 4], 2),
  transposed('VALID', 2, [11, 9], [5, 4]),
  transposed('VALID', 2, [12, 10], [5, 4]),
  {
    ...transposed('EXPLICIT', 2, [9, 8], [5, 4]),
    attributes: { ...window('EXPLICIT', 2), explicit_paddings: integers(0, 0, 1, 1, 1, 0, 0, 0) },
  },
  ...[
    [2, 9, 7, 4],
    [2, 10, 8, 4],
  ].map((shape) => ({
    op: 'Conv2DBackpropInput',
    title: `to [${shape}] that is fed`,
    operands: [fed([4], 'int32', shape), weight([3, 3, 4, 3]), fed([2, 5, 4, 3])],
    attributes: window('SAME', 2),
  })),
  {
    op: 'Conv2DBackpropInput',
    title: 'VALID, to sizes that are fed',
    operands: [fed([4], 'int32', [2, 12, 10, 4]), weight([3, 3, 4, 3]), fed([2, 5, 4, 3])],
    attributes: window('VALID', 2),
  },
];

const dilations: OpCase[] = ['SAME', 'VALID'].flatMap((padding) =>
  [
    { stride: 1, rate: 1 },
    { stride: 2, rate: 1 },
    { stride: 1, rate: 2 },
  ].map(({ stride, rate }) => ({
    op: 'Dilation2D',
    title: `${padding}, strides of ${stride}, rates of ${rate}`,
    operands: [fed([null, 7, 6, 3]), weight([3, 2, 3])],
    attributes: { padding: text(padding), strides: integers(1, stride, stride, 1), rates: integers(1, rate, rate, 1) },
  })),
);

export const convolutionCases: readonly OpCase[] = [
  ...[...conv2d, ...fusions, ...others].map((each) => ({ absolute, ...each })),
  ...transposes.map((each) => ({ absolute, ...each })),
  ...dilations,
];
