import { round } from '../fold/arithmetic.js';
import { floatTensor, type Tensor } from '../graph.js';
import { elementCount, range } from '../layout.js';

/** Weights as bytes: weight ≈ (byte − 128) · scale, a scale for each place along `axis`. */
export interface QuantisedWeights {
  readonly bytes: Tensor; // uint8, the weights' shape
  readonly scale: Tensor; // float32 (channels)
}

/**
 * Symmetric and per channel: scale = max |w| / 127.
 *
 * Bytes are unsigned, with 128 for 0: products of signed and unsigned bytes saturate on x86 without VNNI (onnxruntime's
 * quantisation guide), those of unsigned ones are exact everywhere.
 */
export function quantisedWeights(weights: Tensor, axis: number): QuantisedWeights {
  const { shape } = weights;
  const data = weights.data as Float32Array;
  const channels = shape[axis];
  const inner = elementCount(shape.slice(axis + 1));
  const channelOf = (i: number) => Math.floor(i / inner) % channels;
  const largest = new Float64Array(channels);
  for (let i = 0; i < data.length; i++) largest[channelOf(i)] = Math.max(largest[channelOf(i)], Math.abs(data[i]));
  const scale = floatTensor(
    [channels],
    range(0, channels).map((channel) => largest[channel] / 127 || 1),
  );
  const bytes = new Uint8Array(data.length);
  for (let i = 0; i < data.length; i++) {
    const byte = 128 + round(data[i] / (scale.data as Float32Array)[channelOf(i)]);
    bytes[i] = Math.min(255, Math.max(1, byte));
  }
  return { bytes: { type: 'uint8', shape, data: bytes }, scale };
}

/** 128, as a scalar or for each channel. */
export const zeroPoint = (shape: readonly number[], value = 128): Tensor => ({
  type: 'uint8',
  shape,
  data: new Uint8Array(elementCount(shape)).fill(value),
});
