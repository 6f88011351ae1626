import * as ort from 'onnxruntime-node';
import { type Ranges, withEveryValue } from '../../onnx/index.js';

/** One batch of a model's input. */
export interface Batch {
  readonly values: Float32Array;
  readonly shape: readonly number[];
}

/**
 * The least and largest elements of every float32 value inside a model, its input too, over batches of typical input:
 * what `toOnnx` with `precision: 'int8'` takes as `ranges`.
 *
 * @param file a float32 `.onnx` file with one input
 * @throws RangeError where there is no batch, or a value is not finite
 */
export async function calibrate(file: Uint8Array, batches: Iterable<Batch>): Promise<Ranges> {
  const session = await ort.InferenceSession.create(withEveryValue(file));
  const ranges: Record<string, { low: number; high: number }> = {};
  const widen = (name: string, values: Float32Array) => {
    const { low, high } = ranges[name] ?? { low: Infinity, high: -Infinity };
    ranges[name] = values.reduce((range, value) => widened(range, value, name), { low, high });
  };
  try {
    const [input] = session.inputNames;
    for (const { values, shape } of batches) {
      widen(input, values);
      const results = await session.run({ [input]: new ort.Tensor('float32', values, shape) });
      for (const [name, { data }] of Object.entries(results)) if (data instanceof Float32Array) widen(name, data);
    }
  } finally {
    await session.release();
  }
  if (Object.keys(ranges).length === 0)
    throw new RangeError('there is nothing to calibrate with: give a batch or more');
  return ranges;
}

function widened(range: { low: number; high: number }, value: number, name: string): { low: number; high: number } {
  if (!Number.isFinite(value)) throw new RangeError(`value "${name}" is ${value} in calibration: the clips do not fit`);
  range.low = Math.min(range.low, value);
  range.high = Math.max(range.high, value);
  return range;
}
