import {
  type Attribute,
  type ElementType,
  float,
  floatTensor,
  Graph,
  intTensor,
  type Tensor,
} from '../../onnx/graph.js';

const tensor = (type: ElementType, shape: number[], data: Tensor['data']): Tensor => ({ type, shape, data });

/** An initializer of each element type, with what each may stumble over. */
export const tensors: Readonly<Record<string, Tensor>> = {
  'float32/odd': tensor(
    'float32',
    [2, 3],
    Float32Array.of(-0, 1e-45, 3.4028234663852886e38, 0.1, Infinity, Number.NaN),
  ),
  float16: tensor('float16', [2], Uint16Array.of(0x3c00, 0xfc00)),
  int8: tensor('int8', [2], Int8Array.of(-128, 127)),
  uint8: tensor('uint8', [1, 2], Uint8Array.of(0, 255)),
  int32: tensor('int32', [2], Int32Array.of(-(2 ** 31), 2 ** 31 - 1)),
  int64: tensor('int64', [3], BigInt64Array.of(-(2n ** 63n), 2n ** 63n - 1n, 2n ** 53n + 1n)),
  bool: tensor('bool', [2], Uint8Array.of(0, 1)),
  'text\u0001\n': tensor('string', [4], ['', 'a\u0000b\n', 'größe 感情 😀', ' ']),
  scalar: tensor('float32', [], Float32Array.of(7)),
  'no elements': tensor('float32', [0, 3], new Float32Array(0)),
  'no texts': tensor('string', [0], []),
  'a part of a buffer': tensor('float32', [2], Float32Array.of(1, 2, 3, 4).subarray(1, 3)),
};

/** An attribute of each kind. */
export const attributes: Readonly<Record<string, Attribute>> = {
  int: -5,
  largest: Number.MAX_SAFE_INTEGER,
  float: float(0.1),
  text: 'tab\t"quote" 感情',
  'empty text': '',
  ints: [1, -2, 2 ** 40],
  'no ints': [],
  floats: { floats: [0.5, -0.1] },
  'no floats': { floats: [] },
  texts: ['', 'b'],
  tensor: { tensor: intTensor([3, 4]) },
};

/** A graph with all that the format has and we write; made to be read, not run. */
export function everyKind(): Graph {
  const graph = new Graph();
  const x = graph.input('größe\u0007', 'float32', ['batch', 3, 'an "odd" size']);
  const condition = graph.input('condition', 'bool', []);
  const constants = Object.entries(tensors).map(([name, data]) => graph.constant(name, data));
  const all = graph.add('All', 'layer/😀', [x, ...constants], ['batch', 0], attributes);
  const inner = new Graph(graph);
  inner.outputs = [
    inner.add('Add', 'inside', [x, graph.constant('inner', floatTensor([1], [2]))], ['batch', 3, 'an "odd" size']),
  ];
  const branch = graph.add('If', 'If', [condition], [2], {
    then_branch: { graph: inner },
    else_branch: { graph: inner },
  });
  const [sequence] = graph.addWithOutputs('SequenceConstruct', 'sequence', [all, branch]);
  graph.nodes.push({
    ...{ op: 'LabelEncoder', domain: 'ai.onnx.ml', name: 'ml', inputs: [all], attributes: {} },
    output: { name: 'ml', type: 'int64', shape: [2] },
  });
  graph.outputs = [sequence, graph.nodes.at(-1)!.output];
  graph.nameConstants();
  return graph;
}
