import type { ModelArtifacts, WeightSpec } from '../artifacts.js';
import { tensorOf } from '../element-types.js';
import type { Tensor } from '../graph.js';
import { elementCount } from '../layout.js';
import { isObject, type JsonObject } from './config.js';
import { isGraphModel } from './graph-model.js';

/** Bytes an element, of the types that weights are stored in. */
const widths: Readonly<Record<string, number>> = { float32: 4, int32: 4, bool: 1, uint8: 1, uint16: 2, float16: 2 };

/**
 * The weights by name, in tfjs's own layouts. Quantised ones (uint8, uint16, float16) come out as what they stand for,
 * just as tfjs reads them: value · scale + min.
 *
 * NaN is refused, and ±∞ in a layer's weights: both are what is left of a training that failed. The constants of a graph
 * model may be ±∞, as a mask or the start of a maximum.
 *
 * @throws TypeError where a weight's type or quantisation is not read here, RangeError where the bytes and the
 *   specifications do not agree or a weight is not finite, SyntaxError for a specification without name or sizes
 */
export function readWeights(artifacts: ModelArtifacts): Map<string, Tensor> {
  const { weightSpecs = [], weightData } = artifacts;
  const bytes = joined(weightData);
  const isAllowed = isGraphModel(artifacts) ? (value: number) => !Number.isNaN(value) : Number.isFinite;
  const weights = new Map<string, Tensor>();
  let offset = 0;
  for (const spec of weightSpecs) {
    const { name } = spec;
    const length = storedBytes(spec, bytes, offset);
    if (offset + length > bytes.byteLength)
      throw new RangeError(
        `weight "${name}" ends at byte ${offset + length}, the data at byte ${bytes.byteLength}: weight files are cut short or missing`,
      );
    if (weights.has(name)) throw new RangeError(`weight "${name}" is there twice (layer names must be unique)`);
    const weight = tensor(spec, bytes.slice(offset, offset + length));
    if (weight.type === 'float32') checkNumbers(name, weight.data as Float32Array, isAllowed);
    weights.set(name, weight);
    offset += length;
  }
  if (offset !== bytes.byteLength)
    throw new RangeError(`weights are described up to byte ${offset}, the data ends at byte ${bytes.byteLength}`);
  return weights;
}

/** Before anything is allocated for it. */
function checkSpec({ name, shape }: WeightSpec): void {
  if (typeof name !== 'string') throw new SyntaxError(`a weight has the name ${JSON.stringify(name)}: names are texts`);
  if (!Array.isArray(shape)) throw new SyntaxError(`weight "${name}" has no shape: an array of sizes is wanted`);
  const wrong = shape.find((size) => !Number.isSafeInteger(size) || size < 0);
  if (wrong !== undefined)
    throw new RangeError(`weight "${name}" has a size of ${wrong}: sizes are whole numbers from 0 up`);
}

function checkNumbers(name: string, data: Float32Array, isAllowed: (value: number) => boolean): void {
  const at = data.findIndex((value) => !isAllowed(value));
  if (at >= 0)
    throw new RangeError(
      `weight "${name}" holds ${data[at]} at element ${at}: the model can only answer NaN; train again or take an earlier checkpoint`,
    );
}

/**
 * How many bytes a weight takes, which begins at `offset`.
 *
 * @throws as `readWeights`, for a specification that is none
 */
export function storedBytes(spec: WeightSpec, bytes: ArrayBuffer, offset: number): number {
  checkSpec(spec);
  return spec.dtype === 'string' ? textLength(bytes, offset, spec) : widthOf(spec) * elementCount(spec.shape);
}

/** The stored type: the quantised one where there is one. */
const storedType = ({ dtype, quantization }: WeightSpec): string =>
  isObject(quantization) ? String(quantization.dtype) : dtype;

function widthOf(spec: WeightSpec): number {
  const { name, dtype } = spec;
  const stored = storedType(spec);
  const plain = ['float32', 'int32', 'bool'];
  if (isObject(spec.quantization) && stored !== 'float16') scaleOf(spec, spec.quantization);
  const known = spec.quantization ? ['uint8', 'uint16', 'float16'] : plain;
  if (!plain.includes(dtype) || !known.includes(stored))
    throw new TypeError(
      `weight "${name}" has type ${dtype}${spec.quantization ? ` quantised as ${stored}` : ''} (supported: ${plain.join(', ')}, string; quantised as uint8, uint16, float16)`,
    );
  return widths[stored];
}

function tensor(spec: WeightSpec, bytes: ArrayBuffer): Tensor {
  const { dtype, shape, quantization } = spec;
  if (dtype === 'string') return { type: 'string', shape, data: texts(bytes) };
  if (!isObject(quantization)) {
    if (dtype === 'bool') return { type: 'bool', shape, data: new Uint8Array(bytes).map((byte) => (byte ? 1 : 0)) };
    return dtype === 'int32'
      ? { type: 'int32', shape, data: new Int32Array(bytes) }
      : { type: 'float32', shape, data: new Float32Array(bytes) };
  }
  return tensorOf(dtype as 'float32' | 'int32', shape, dequantised(spec, quantization, bytes));
}

function dequantised(spec: WeightSpec, quantization: JsonObject, bytes: ArrayBuffer): number[] {
  if (quantization.dtype === 'float16') return Array.from(new Uint16Array(bytes), fromHalf);
  const { scale, min } = scaleOf(spec, quantization);
  const stored = quantization.dtype === 'uint8' ? new Uint8Array(bytes) : new Uint16Array(bytes);
  return Array.from(stored, (value) =>
    spec.dtype === 'int32' ? Math.round(value * scale + min) : value * scale + min,
  );
}

function scaleOf({ name }: WeightSpec, { dtype, scale, min }: JsonObject): { scale: number; min: number } {
  if (typeof scale !== 'number' || typeof min !== 'number')
    throw new TypeError(`weight "${name}" is quantised as ${dtype} without scale and min`);
  return { scale, min };
}

/** IEEE 754 binary16 → number: sign, 5 bits of exponent (bias 15), 10 of fraction. */
export function fromHalf(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 31) return fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

/** Texts are stored one after another, each behind its length in 4 bytes. */
function textLength(bytes: ArrayBuffer, offset: number, { name, shape }: WeightSpec): number {
  const view = new DataView(bytes);
  let end = offset;
  for (let i = 0; i < elementCount(shape); i++) {
    if (end + 4 > bytes.byteLength)
      throw new RangeError(
        `weight "${name}" ends after byte ${bytes.byteLength}, where the data ends: weight files are cut short or missing`,
      );
    end += 4 + view.getUint32(end, true);
  }
  return end - offset;
}

function texts(bytes: ArrayBuffer): string[] {
  const view = new DataView(bytes);
  const found: string[] = [];
  for (let at = 0; at < bytes.byteLength; ) {
    const length = view.getUint32(at, true);
    found.push(new TextDecoder().decode(new Uint8Array(bytes, at + 4, length)));
    at += 4 + length;
  }
  return found;
}

function joined(weightData: unknown): ArrayBuffer {
  if (weightData === undefined) return new ArrayBuffer(0);
  const parts = Array.isArray(weightData) ? weightData : [weightData];
  return joinBytes(
    parts.map((part: unknown) => {
      if (part instanceof ArrayBuffer) return new Uint8Array(part);
      throw new TypeError('weightData is of an unknown kind (supported: an ArrayBuffer, or an array of them)');
    }),
  );
}

/** Bytes one after another in one buffer. */
export function joinBytes(parts: readonly Uint8Array[]): ArrayBuffer {
  const bytes = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let offset = 0;
  for (const part of parts) {
    bytes.set(part, offset);
    offset += part.length;
  }
  return bytes.buffer;
}
