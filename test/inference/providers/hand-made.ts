import { encodeModelMetadata } from '../../../inference/node.js';
import { encode } from '../../../onnx/encode.js';
import { type Dimension, floatTensor, Graph, intTensor, type Value } from '../../../onnx/graph.js';
import { tinyMetadata } from '../tiny.js';

/**
 * A file over features like the tiny model's with an operator of ONNX between its layers. Selu is one that onnxruntime's
 * WebGPU provider lacks, Elu one that it has.
 */
export const fileWith = (operator: 'Selu' | 'Elu'): Uint8Array =>
  fileOf((graph, flat) => graph.add(operator, 'active', [flat], ['batch', 384]));

/** The same with so many large products between that no processor answers it within `SOON_MILLISECONDS`. */
export const slowFile = (): Uint8Array =>
  fileOf((graph, flat) => {
    const unsqueeze = (name: string, axis: number, shape: Dimension[]) =>
      graph.add('Unsqueeze', name, [flat, graph.constant(`${name}/axes`, intTensor([axis]))], shape);
    const outer = [unsqueeze('column', 2, ['batch', 384, 1]), unsqueeze('row', 1, ['batch', 1, 384])];
    let x = graph.add('MatMul', 'outer', outer, ['batch', 384, 384]);
    const mix = graph.constant('mix', wave([384, 384], 0.05));
    for (let i = 0; i < 100; i++) x = graph.add('MatMul', `mix-${i}`, [x, mix], ['batch', 384, 384]);
    const mean = graph.add('ReduceMean', 'mean', [x], ['batch', 384], { axes: [1], keepdims: 0 });
    return graph.add('Tanh', 'bounded', [mean], ['batch', 384]);
  });

function fileOf(between: (graph: Graph, flat: Value) => Value): Uint8Array {
  const graph = new Graph();
  const x = graph.input('features', 'float32', ['batch', 12, 32, 1]);
  const flat = between(graph, graph.add('Flatten', 'flatten', [x], ['batch', 384], { axis: 1 }));
  const dense = graph.add('MatMul', 'dense', [flat, graph.constant('weights', wave([384, 3], 0.2))], ['batch', 3]);
  graph.outputs = [graph.add('Softmax', 'softmax', [dense], ['batch', 3], { axis: 1 })];
  graph.nameConstants();
  const metadata = encodeModelMetadata(tinyMetadata);
  return encode(graph, { opset: 17, name: 'between', producerVersion: '', metadata });
}

const wave = ([rows, columns]: [number, number], scale: number) =>
  floatTensor(
    [rows, columns],
    Array.from({ length: rows * columns }, (_, i) => scale * Math.sin(1 + i + 0.01 * i * i)),
  );
