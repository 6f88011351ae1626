import { round } from '../fold/arithmetic.js';
import { floatTensor, type Tensor } from '../graph.js';
import { elementCount, range } from '../layout.js';

/** Weights as bytes: weight ≈ (byte − 128) · scale, a scale for each place along `axis`. */
export interface QuantisedWeights {
  readonly bytes: Tensor; // uint8, the weights' shape
  readonly scale: Tensor; // float32 (channels)
  readonly zeroPoint: Tensor; // uint8 (), 128
}

/**
 * Symmetric and per channel: scale = max |w| / 127.
 *
 * Bytes are unsigned, with 128 for 0: products of signed and unsigned bytes saturate on x86 without VNNI (onnxruntime's
 * quantisation guide), those of unsigned ones are exact everywhere.
 *
 * @param least the smallest scale of each channel, where something else demands it
 */
export function quantisedWeights(weights: Tensor, axis: number, least?: readonly number[]): QuantisedWeights {
  const { shape } = weights;
  const data = weights.data as Float32Array;
  const channels = shape[axis];
  const inner = elementCount(shape.slice(axis + 1));
  const channelOf = (i: number) => Math.floor(i / inner) % channels;
  const largest = new Float64Array(channels);
  data.forEach((value, i) => {
    largest[channelOf(i)] = Math.max(largest[channelOf(i)], Math.abs(value));
  });
  const scale = floatTensor(
    [channels],
    range(0, channels).map((channel) => Math.max(largest[channel] / 127, least?.[channel] ?? 0) || 1),
  );
  const bytes = Uint8Array.from(data, (value, i) => {
    const byte = 128 + round(value / (scale.data as Float32Array)[channelOf(i)]);
    return Math.min(255, Math.max(1, byte));
  });
  return { bytes: { type: 'uint8', shape, data: bytes }, scale, zeroPoint: zeroPoint([]) };
}

/** 128, as a scalar or for each channel. */
export const zeroPoint = (shape: readonly number[], value = 128): Tensor => ({
  type: 'uint8',
  shape,
  data: new Uint8Array(elementCount(shape)).fill(value),
});
