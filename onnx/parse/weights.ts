import type { LayersModelArtifacts } from '../artifacts.js';
import type { Tensor } from '../graph.js';

/** The view of a weight’s bytes for each type that is read; each has 4 bytes an element. */
const readers = {
  float32: (bytes: ArrayBuffer): Float32Array => new Float32Array(bytes),
  int32: (bytes: ArrayBuffer): Int32Array => new Int32Array(bytes),
} as const;

/**
 * The weights by name, `layer/kernel` and the like, in tfjs's own layouts.
 *
 * @throws TypeError where a weight's type or quantisation is not read here, RangeError where the bytes and the
 *   specifications do not agree.
 */
export function readWeights({ weightSpecs = [], weightData }: LayersModelArtifacts): Map<string, Tensor> {
  const bytes = joined(weightData);
  const weights = new Map<string, Tensor>();
  let offset = 0;
  for (const { name, shape, dtype, quantization } of weightSpecs) {
    if (quantization) throw new TypeError(`weight "${name}" is quantised (supported: unquantised weights)`);
    if (dtype !== 'float32' && dtype !== 'int32')
      throw new TypeError(`weight "${name}" has type ${dtype} (supported: ${Object.keys(readers).join(', ')})`);
    const length = 4 * shape.reduce((product, size) => product * size, 1);
    if (offset + length > bytes.byteLength)
      throw new RangeError(`weight "${name}" ends at byte ${offset + length}, the data at byte ${bytes.byteLength}`);
    if (weights.has(name)) throw new RangeError(`weight "${name}" is there twice (layer names must be unique)`);
    weights.set(name, { type: dtype, shape, data: readers[dtype](bytes.slice(offset, offset + length)) });
    offset += length;
  }
  if (offset !== bytes.byteLength)
    throw new RangeError(`weights are described up to byte ${offset}, the data ends at byte ${bytes.byteLength}`);
  return weights;
}

function joined(weightData: unknown): ArrayBuffer {
  if (weightData === undefined) return new ArrayBuffer(0);
  const parts = Array.isArray(weightData) ? weightData : [weightData];
  const size = parts.reduce((sum: number, part: unknown) => {
    if (!(part instanceof ArrayBuffer))
      throw new TypeError('weightData is of an unknown kind (supported: an ArrayBuffer, or an array of them)');
    return sum + part.byteLength;
  }, 0);
  const bytes = new Uint8Array(size);
  let offset = 0;
  for (const part of parts as ArrayBuffer[]) {
    bytes.set(new Uint8Array(part), offset);
    offset += part.byteLength;
  }
  return bytes.buffer;
}
