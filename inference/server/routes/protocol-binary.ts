import type { FastifyReply } from 'fastify';
import { Problem } from '../problem.js';

/** Says how long the JSON before the tensors' bytes is. */
export const HEADER_LENGTH = 'inference-header-content-length';

export interface OutputTensor {
  name: string;
  datatype: string;
  shape: number[];
  data: Float32Array;
  /** As bytes behind the JSON, not as numbers in it. */
  binary: boolean;
}

/**
 * A request's JSON, with the bytes behind it put in as `data` where an input says `binary_data_size`.
 *
 * @param body what was parsed of `application/json`, or all bytes
 * @param headerLength of the JSON, as its header has it
 * @throws Problem for JSON that is none, and sizes that do not add up
 */
export function decodeRequest(body: unknown, headerLength: string | string[] | undefined): unknown {
  if (!(body instanceof Uint8Array)) return body;
  const length = headerLength === undefined ? body.length : Number(headerLength);
  if (!Number.isInteger(length) || length < 0 || length > body.length)
    throw new Problem('bad-request', `${HEADER_LENGTH} is ${headerLength}, the body has ${body.length} bytes`);
  const head = parsed(body.subarray(0, length));
  let offset = length;
  for (const input of Array.isArray(head.inputs) ? head.inputs : []) {
    const size: unknown = input?.parameters?.binary_data_size;
    if (typeof size !== 'number') continue;
    input.data = body.subarray(offset, offset + size);
    offset += size;
  }
  if (offset !== body.length)
    throw new Problem('bad-request', `inputs of ${offset - length} bytes are named, ${body.length - length} are there`);
  return head;
}

interface Head {
  inputs?: { parameters?: { binary_data_size?: unknown }; data?: unknown }[];
}

function parsed(bytes: Uint8Array): Head {
  try {
    const head: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
    if (typeof head === 'object' && head !== null) return head;
  } catch {
    // Said below.
  }
  throw new Problem('bad-request', 'the JSON of the request cannot be read');
}

/** The answer as JSON, or as JSON and bytes where an output is wanted so. */
export function encodeResponse(head: object, outputs: readonly OutputTensor[], reply: FastifyReply): object {
  const json = {
    ...head,
    outputs: outputs.map(({ data, binary, ...described }) =>
      binary ? { ...described, parameters: { binary_data_size: data.byteLength } } : { ...described, data: [...data] },
    ),
  };
  const tail = outputs
    .filter(({ binary }) => binary)
    .map(({ data }) => Buffer.from(data.buffer, data.byteOffset, data.byteLength));
  if (tail.length === 0) return json;
  const text = Buffer.from(JSON.stringify(json));
  reply.header(HEADER_LENGTH, text.length).type('application/octet-stream');
  return Buffer.concat([text, ...tail]);
}
