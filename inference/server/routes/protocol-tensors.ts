import { z } from 'zod';
import { firstNotFinite } from '../../../pipeline/audio/index.js';
import type { ServedModel } from '../models.js';
import { Problem } from '../problem.js';

/** Clips in one request; more had better be more requests. */
const LARGEST_BATCH = 256;

const tensorSchema = z.object({
  name: z.string(),
  shape: z.array(z.int().min(0)).max(8),
  datatype: z.string(),
  parameters: z.looseObject({ binary_data_size: z.int().min(0).optional() }).optional(),
  /** Numbers, flat or nested as the shape is; or the bytes that came behind the JSON. */
  data: z.union([z.array(z.unknown()), z.instanceof(Uint8Array)]),
});

export const inferRequestSchema = z.object({
  id: z.string().max(256).optional(),
  parameters: z.looseObject({ binary_data_output: z.boolean().optional() }).optional(),
  inputs: z.array(tensorSchema).length(1),
  outputs: z
    .array(
      z.object({
        name: z.string(),
        parameters: z.looseObject({ binary_data: z.boolean().optional() }).optional(),
      }),
    )
    .min(1)
    .max(8)
    .optional(),
});

/**
 * The one input of a request, as the model takes it.
 *
 * @throws Problem for another name, datatype or shape, too few or too many values, and what is no finite number
 */
export function inputTensor(
  { inputs: [input] }: z.output<typeof inferRequestSchema>,
  { name, ports }: ServedModel,
): { values: Float32Array; shape: number[] } {
  const [port] = ports.inputs;
  const refuse = (detail: string): never => {
    throw new Problem('bad-request', detail);
  };
  if (input.name !== port.name)
    refuse(`${name} has no input ${JSON.stringify(input.name)} (it takes ${JSON.stringify(port.name)})`);
  if (input.datatype !== 'FP32') refuse(`${port.name} is FP32, not ${JSON.stringify(input.datatype)}`);
  const { shape } = input;
  const fits = shape.length === port.shape.length && port.shape.every((size, i) => size === -1 || size === shape[i]);
  if (!fits) refuse(`${port.name} has the shape [${port.shape}], not [${shape}] (-1: any)`);
  if (shape.includes(0) || shape[0] > LARGEST_BATCH) refuse(`a batch of ${shape[0]} is none (1 to ${LARGEST_BATCH})`);
  const count = shape.reduce((product, size) => product * size, 1);
  const values = input.data instanceof Uint8Array ? floatsOf(input.data) : numbersOf(input.data, shape.length);
  if (values.length !== count) refuse(`${port.name} of [${shape}] has ${count} values, ${values.length} are there`);
  const wrong = firstNotFinite(values);
  if (wrong >= 0) refuse(`value ${wrong} of ${port.name} is no finite number`);
  return { values, shape };
}

/** Little-endian, as the protocol has it and as every machine that runs Node here. */
function floatsOf(bytes: Uint8Array): Float32Array {
  if (bytes.length % Float32Array.BYTES_PER_ELEMENT !== 0)
    throw new Problem('bad-request', `${bytes.length} bytes are no whole number of FP32`);
  return new Float32Array(new Uint8Array(bytes).buffer); // a copy: slices of a Buffer share its memory
}

/** Row after row; what is no number becomes NaN, which the caller refuses. */
function numbersOf(data: readonly unknown[], depth: number): Float32Array {
  const flat = data.flat(Math.max(0, depth - 1));
  return Float32Array.from(flat, (value) => (typeof value === 'number' ? value : Number.NaN));
}
