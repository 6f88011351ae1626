import { absent, float, floatTensor, Graph, intTensor, type Node, type Value } from '../../../onnx/graph.js';

/** One operator over an input, by hand: what no layer gives, and an opset changed. */
export interface OperatorCase {
  readonly title: string;
  readonly shape: readonly number[];
  build(graph: Graph, x: Value): Value;
  /** The lowest opset that has it. */
  readonly lowest?: number;
}

const single =
  (op: string, attributes: Node['attributes'] = {}, more: Value[] = [], shape?: readonly number[]) =>
  (graph: Graph, x: Value): Value =>
    graph.add(op, op, [x, ...more], shape, attributes);

const floats = (name: string, shape: readonly number[], data: readonly number[]): Value =>
  new Graph().constant(name, floatTensor(shape, data));

const ints = (name: string, values: readonly number[]): Value => new Graph().constant(name, intTensor(values));

const sizes = (attributes: Node['attributes']) => (graph: Graph, x: Value) =>
  graph.add(
    'Cast',
    'sizes',
    [graph.add('Shape', 'Shape', [x], [attributes.count as number], rest(attributes))],
    undefined,
    {
      to: 1,
    },
  );

const rest = ({ count: _count, ...others }: Node['attributes']) => others;

const reductions = ['L1', 'L2', 'LogSum', 'LogSumExp', 'Max', 'Mean', 'Min', 'Prod', 'Sum', 'SumSquare'];

export const operatorCases: readonly OperatorCase[] = [
  ...reductions.map((kind): OperatorCase => {
    const axes = kind === 'Sum' ? [ints('axes', [-1])] : [];
    const attributes: Node['attributes'] = kind === 'Sum' ? { keepdims: 0 } : { axes: [-1], keepdims: 0 };
    const build = (graph: Graph, x: Value) =>
      graph.add(`Reduce${kind}`, 'reduced', [graph.add('Abs', 'positive', [x]), ...axes], undefined, attributes);
    return { title: `Reduce${kind} along an axis`, shape: [2, 3], build };
  }),
  { title: 'ReduceMean over everything', shape: [2, 3], build: single('ReduceMean', { keepdims: 1 }, [], [1, 1]) },
  {
    title: 'Split in equal parts, their number by the outputs',
    shape: [2, 6],
    build: (graph, x) => {
      const parts = graph.addWithOutputs(
        'Split',
        'parts',
        [x],
        [
          [2, 2],
          [2, 2],
          [2, 2],
        ],
        { axis: 1 },
      );
      return graph.add('Sub', 'difference', [parts[0], parts[2]]);
    },
  },
  { title: 'HardSwish', shape: [2, 6], build: single('HardSwish') },
  {
    title: 'LayerNormalization over the last axes',
    shape: [2, 3, 4],
    build: single(
      'LayerNormalization',
      { axis: -2, epsilon: float(1e-3) },
      [floats('scale', [3, 4], [1, 2, 3, 4, 5, 6, 7, 8, 9, 1, 2, 3]), floats('bias', [4], [1, 2, 3, 4])],
      [2, 3, 4],
    ),
  },
  {
    title: 'LayerNormalization without bias, the default epsilon',
    shape: [2, 3],
    build: single('LayerNormalization', {}, [floats('scale', [3], [1, 2, 3])], [2, 3]),
  },
  { title: 'Shape of all', shape: [2, 3, 4], build: sizes({ count: 3 }) },
  { title: 'Shape from an axis on', shape: [2, 3, 4], build: sizes({ count: 2, start: 1 }) },
  { title: 'Shape of inner axes, from the end', shape: [2, 3, 4], build: sizes({ count: 1, start: -2, end: -1 }) },
  ...['bilinear', 'nearest', 'bicubic'].map((mode): OperatorCase => {
    const grid = floats('grid', [1, 2, 1, 2], [-0.3, 0.4, 0.7, -0.2]);
    const build = single('GridSample', { mode, align_corners: 0, padding_mode: 'border' }, [grid]);
    return { title: `GridSample ${mode}`, shape: [1, 1, 3, 4], build, lowest: 16 };
  }),
  {
    title: 'DFT along its default axis',
    shape: [1, 4, 1],
    build: single('DFT', { onesided: 1 }, [], [1, 3, 2]),
    lowest: 17,
  },
  { title: 'DFT along another', shape: [1, 2, 4, 1], build: single('DFT', { axis: 2 }, [], [1, 2, 4, 2]), lowest: 17 },
  { title: 'Trilu', shape: [3, 3], build: single('Trilu', { upper: 0 }), lowest: 14 },
  {
    title: 'ScatterElements that adds',
    shape: [3],
    build: single('ScatterElements', { reduction: 'add' }, [ints('places', [1, 1]), floats('updates', [2], [5, 7])]),
    lowest: 16,
  },
  {
    title: 'ScatterND that replaces',
    shape: [3],
    build: (graph, x) => {
      const places = graph.constant('places', { ...intTensor([1]), shape: [1, 1] });
      return graph.add('ScatterND', 'ScatterND', [x, places, floats('updates', [1], [5])], undefined, {
        reduction: 'none',
      });
    },
  },
  {
    title: 'BatchNormalization in inference mode, said',
    shape: [2, 2, 3],
    build: single('BatchNormalization', { training_mode: 0 }, [
      floats('scale', [2], [1, 2]),
      floats('bias', [2], [3, 4]),
      floats('mean', [2], [0.5, 0.25]),
      floats('variance', [2], [1, 4]),
    ]),
  },
  {
    title: 'Resize by scales',
    shape: [1, 1, 2, 3],
    build: single('Resize', { mode: 'linear', coordinate_transformation_mode: 'half_pixel' }, [
      absent,
      floats('scales', [4], [1, 1, 2, 2]),
    ]),
  },
  {
    title: 'Reshape that allows no zero',
    shape: [2, 3],
    build: single('Reshape', { allowzero: 0 }, [ints('shape', [0, -1])]),
  },
  {
    title: 'Pad at the edge',
    shape: [2, 3],
    build: single('Pad', { mode: 'reflect' }, [ints('pads', [1, 0, 0, 2])]),
  },
];
