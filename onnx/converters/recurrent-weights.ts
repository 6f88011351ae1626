import { floatTensor, type Tensor } from '../graph.js';
import { permute, reshapeTensor, transposeTensor } from '../layout.js';

/**
 * Keras kernel (in, gates · units) → W or R (1, gates · units, in) of one direction, the gates in ONNX's order.
 *
 * @param gates the place in Keras's weights of each gate in ONNX's order
 */
export function gatesInRows(kernel: Tensor, gates: readonly number[]): Tensor {
  const [rows, columns] = kernel.shape;
  const byGate = transposeTensor(reshapeTensor(kernel, [rows, gates.length, columns / gates.length]), [1, 2, 0]);
  return reshapeTensor(gatesOf(byGate, gates), [1, columns, rows]);
}

/** Keras bias (gates · units) → B (1, 2 · gates · units): the input's in ONNX's order, then the recurrent one, zeros. */
export function biasOfBoth(bias: Tensor | undefined, gates: readonly number[], units: number): Tensor {
  const count = gates.length * units;
  const both = new Float32Array(2 * count);
  if (bias) both.set(gatesOf(reshapeTensor(bias, [gates.length, units]), gates).data as Float32Array);
  return floatTensor([1, 2 * count], both);
}

/** A tensor (gates, …) with its gates in another order. */
function gatesOf(tensor: Tensor, gates: readonly number[]): Tensor {
  const size = tensor.data.length / gates.length;
  const blocks = gates.map((_, gate) => (tensor.data as Float32Array).subarray(gate * size, (gate + 1) * size));
  const data = new Float32Array(tensor.data.length);
  for (const [i, block] of permute(blocks, gates).entries()) data.set(block, i * size);
  return { ...tensor, data };
}
