import { round } from '../fold/arithmetic.js';
import type { Tensor } from '../graph.js';

/** The largest number that IEEE 754 binary16 holds. */
export const largestHalf = 65504;

/**
 * A number → the bits of the nearest binary16, ties to even; below 2⁻¹⁴ subnormal, in steps of 2⁻²⁴; from 65520 on ±∞.
 */
export function toHalf(value: number): number {
  if (Number.isNaN(value)) return 0x7e00;
  const sign = value < 0 || Object.is(value, -0) ? 0x8000 : 0;
  const magnitude = Math.abs(value);
  if (magnitude >= 65520) return sign | 0x7c00;
  if (magnitude < 2 ** -14) return sign | round(magnitude * 2 ** 24);
  const exponent = exponentOf(magnitude);
  return sign | (((exponent + 15) << 10) + round((magnitude / 2 ** exponent - 1) * 1024));
}

/** ⌊log₂ x⌋ of a float32 number: its own exponent. */
function exponentOf(magnitude: number): number {
  float[0] = magnitude;
  return (bits[0] >>> 23) - 127;
}

const float = new Float32Array(1);
const bits = new Uint32Array(float.buffer);

export function halfTensor({ shape, data }: Tensor): Tensor {
  const halves = new Uint16Array(data.length);
  for (let i = 0; i < data.length; i++) halves[i] = toHalf(data[i] as number);
  return { type: 'float16', shape, data: halves };
}
