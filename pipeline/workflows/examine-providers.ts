import { examineProviders, type ProviderReport } from '../../inference/providers/examine.js';
import { candidatesFor } from '../../inference/providers/node.js';
import { encode } from '../../onnx/encode.js';
import { floatTensor, Graph } from '../../onnx/graph.js';

export type { ProviderReport } from '../../inference/providers/examine.js';

/** Tries onnxruntime's execution providers with a small convolutional network. */
export const examineInference = (): Promise<ProviderReport[]> => {
  const { reference, accelerators } = candidatesFor(smallNetwork(), 'a small network');
  return examineProviders(reference, accelerators);
};

/** 32 × 32 → a convolution, ReLU, max pooling, dense layer → four probabilities. */
function smallNetwork(): Uint8Array {
  const graph = new Graph();
  const constant = (name: string, shape: number[]) => graph.constant(name, wave(shape));
  const add = graph.add.bind(graph);
  const x = graph.input('features', 'float32', ['batch', 1, 32, 32]);
  const kernel = { kernel_shape: [3, 3], pads: [1, 1, 1, 1] };
  const convolved = add('Conv', 'conv', [x, constant('filters', [8, 1, 3, 3])], ['batch', 8, 32, 32], kernel);
  const active = add('Relu', 'relu', [convolved], ['batch', 8, 32, 32]);
  const halved = { kernel_shape: [2, 2], strides: [2, 2] };
  const pooled = add('MaxPool', 'pool', [active], ['batch', 8, 16, 16], halved);
  const flat = add('Flatten', 'flatten', [pooled], ['batch', 2048], { axis: 1 });
  const dense = add('MatMul', 'dense', [flat, constant('weights', [2048, 4])], ['batch', 4]);
  graph.outputs = [add('Softmax', 'softmax', [dense], ['batch', 4], { axis: 1 })];
  graph.nameConstants();
  return encode(graph, { opset: 17, name: 'small network', producerVersion: '', metadata: {} });
}

/** Numbers without symmetry, always the same. */
function wave(shape: number[]) {
  const length = shape.reduce((product, size) => product * size, 1);
  return floatTensor(
    shape,
    Array.from({ length }, (_, i) => 0.1 * Math.sin(1 + 2.3 * i + 0.01 * i * i)),
  );
}
