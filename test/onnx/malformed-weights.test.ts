import { describe, expect, test } from '@jest/globals';
import type { ModelArtifacts, WeightSpec } from '../../onnx/index.js';
import { readWeights } from '../../onnx/parse/weights.js';

const spec = (shape: readonly number[], dtype = 'float32', quantization?: object): WeightSpec => ({
  name: 'w',
  shape,
  dtype,
  ...(quantization && { quantization }),
});
const layers = (weights: WeightSpec, data: unknown): ModelArtifacts => ({
  modelTopology: { class_name: 'Sequential' },
  weightSpecs: [weights],
  weightData: data,
});
const floats = (...values: number[]): ArrayBuffer => Float32Array.from(values).buffer;
const bytes = (...values: number[]): ArrayBuffer => Uint8Array.from(values).buffer;
const message = (weights: WeightSpec, data: unknown): string => {
  try {
    readWeights(layers(weights, data));
  } catch (error) {
    return (error as Error).message;
  }
  return 'was read';
};

describe('weights that cannot be right are refused by name', () => {
  test.each([
    ['NaN', Number.NaN],
    ['infinity', Number.POSITIVE_INFINITY],
    ['minus infinity', Number.NEGATIVE_INFINITY],
  ])('%s', (_title, value) => {
    expect(message(spec([3]), floats(1, value, 2))).toMatch(
      new RegExp(`^weight "w" holds ${value} at element 1: .*train again`),
    );
  });

  test('NaN from a quantised weight: a half, and a scale', () => {
    expect(message(spec([1], 'float32', { dtype: 'float16' }), bytes(0x01, 0x7e))).toMatch('holds NaN at element 0');
    const scaled = spec([1], 'float32', { dtype: 'uint8', scale: Number.NaN, min: 0 });
    expect(message(scaled, bytes(1))).toMatch('holds NaN at element 0');
  });

  test('a graph model may have ±∞ among its constants, and no NaN', () => {
    const graph = (value: number): ModelArtifacts => ({
      ...layers(spec([1]), floats(value)),
      modelTopology: { node: [] },
    });
    expect([...(readWeights(graph(-Infinity)).get('w')!.data as Float32Array)]).toEqual([-Infinity]);
    expect(() => readWeights(graph(Number.NaN))).toThrow('weight "w" holds NaN');
  });

  test('a shard that is cut short or missing', () => {
    expect(message(spec([4]), [floats(1, 2), floats(3)])).toBe(
      'weight "w" ends at byte 16, the data at byte 12: weight files are cut short or missing',
    );
    expect(message(spec([4]), undefined)).toMatch('ends at byte 16, the data at byte 0');
  });

  test('more bytes than are described', () => {
    expect(message(spec([1]), floats(1, 2))).toBe('weights are described up to byte 4, the data ends at byte 8');
  });

  test('absurd shapes, before anything is allocated', () => {
    const before = process.memoryUsage().arrayBuffers;
    expect(message(spec([2 ** 20, 2 ** 20]), floats(1))).toMatch(`ends at byte ${2 ** 42}, the data at byte 4`);
    expect(message(spec([2 ** 40], 'float32', { dtype: 'float16' }), floats(1))).toMatch(`ends at byte ${2 ** 41}`);
    expect(message(spec([2 ** 40], 'string'), bytes(0, 0, 0, 0))).toMatch('ends after byte 4, where the data ends');
    expect(message(spec([2 ** 52, 2 ** 52, 2 ** 52]), floats(1))).toMatch('the data at byte 4');
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(2 ** 20);
  });

  test.each([[-1], [1.5], [Number.NaN], [2 ** 60]])('a size of %d', (size) => {
    expect(message(spec([2, size]), floats(1, 2))).toBe(
      `weight "w" has a size of ${size}: sizes are whole numbers from 0 up`,
    );
  });

  test('no shape, no name', () => {
    expect(message({ name: 'w', dtype: 'float32' } as WeightSpec, floats())).toMatch('weight "w" has no shape');
    expect(message({ shape: [1], dtype: 'float32' } as unknown as WeightSpec, floats(1))).toMatch('names are texts');
  });

  test('texts that are cut short: in their length, and inside', () => {
    expect(message(spec([2], 'string'), bytes(1, 0, 0, 0, 65, 9, 0))).toMatch('ends after byte 7, where the data ends');
    expect(message(spec([1], 'string'), bytes(5, 0, 0, 0, 65))).toMatch('ends at byte 9, the data at byte 5');
    expect(message(spec([1], 'string'), bytes(255, 255, 255, 255, 65))).toMatch(`ends at byte ${4 + 2 ** 32 - 1}`);
  });

  test('data of an unknown kind', () => {
    expect(message(spec([1]), 'AAAA')).toMatch('weightData is of an unknown kind');
    expect(message(spec([1]), [floats(1), null])).toMatch('weightData is of an unknown kind');
  });
});

describe('weights that are right though odd', () => {
  const read = (weights: WeightSpec, data: unknown) => readWeights(layers(weights, data)).get('w')!;

  test('a scalar, none of a size, a true that is not 1, an empty text', () => {
    expect(read(spec([]), floats(7))).toEqual({ type: 'float32', shape: [], data: Float32Array.of(7) });
    expect(read(spec([0, 3]), floats()).data).toHaveLength(0);
    expect([...(read(spec([3], 'bool'), bytes(0, 2, 255)).data as Uint8Array)]).toEqual([0, 1, 1]);
    expect(read(spec([2], 'string'), bytes(0, 0, 0, 0, 2, 0, 0, 0, 0xc3, 0xa9)).data).toEqual(['', 'é']);
  });

  test('a quantised weight that decodes to huge numbers', () => {
    const huge = read(spec([1], 'float32', { dtype: 'uint8', scale: 1e30, min: 0 }), bytes(200));
    expect(huge.data[0]).toBe(Math.fround(2e32));
  });
});
