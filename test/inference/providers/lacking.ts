import { encodeModelMetadata } from '../../../inference/node.js';
import { encode } from '../../../onnx/encode.js';
import { floatTensor, Graph } from '../../../onnx/graph.js';
import { tinyMetadata } from '../tiny.js';

/**
 * A file over features like the tiny model's with an operator of ONNX between its layers. Selu is one that onnxruntime's
 * WebGPU provider lacks, Elu one that it has.
 */
export function fileWith(operator: 'Selu' | 'Elu'): Uint8Array {
  const graph = new Graph();
  const x = graph.input('features', 'float32', ['batch', 12, 32, 1]);
  const flat = graph.add('Flatten', 'flatten', [x], ['batch', 384], { axis: 1 });
  const weights = floatTensor(
    [384, 3],
    Array.from({ length: 1152 }, (_, i) => 0.2 * Math.sin(1 + i + 0.01 * i * i)),
  );
  const dense = graph.add('MatMul', 'dense', [flat, graph.constant('weights', weights)], ['batch', 3]);
  const active = graph.add(operator, 'active', [dense], ['batch', 3]);
  graph.outputs = [graph.add('Softmax', 'softmax', [active], ['batch', 3], { axis: 1 })];
  graph.nameConstants();
  const metadata = encodeModelMetadata(tinyMetadata);
  return encode(graph, { opset: 17, name: operator, producerVersion: '', metadata });
}
