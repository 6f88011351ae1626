import { createHash } from 'node:crypto';

/** Named vectors of float32 with a JSON document beside them. */
export interface TensorFile {
  metadata: unknown;
  tensors: Record<string, Float32Array>;
}

const unsigned = '0'.repeat(64);
const digestField = '"sha256":"';

/**
 * A safetensors file (huggingface.co/docs/safetensors, format 0.4): the length of a JSON header as 8 bytes, the header,
 * the numbers. `__metadata__` holds the document and the SHA-256 of the whole file, taken with the digest's own 64 digits
 * at 0; so Python's `safetensors` reads it, and any bit that changed is noticed here.
 */
export function encodeSafetensors({ metadata, tensors }: TensorFile): Buffer {
  const header: Record<string, unknown> = { __metadata__: { sha256: unsigned, document: JSON.stringify(metadata) } };
  let end = 0;
  for (const [name, values] of Object.entries(tensors)) {
    header[name] = { dtype: 'F32', shape: [values.length], data_offsets: [end, end + values.byteLength] };
    end += values.byteLength;
  }
  const text = Buffer.from(JSON.stringify(header));
  const padded = Buffer.concat([text, Buffer.alloc(-text.length & 7, ' ')]); // so that the numbers are aligned
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(padded.length));
  const numbers = Object.values(tensors).map((values) =>
    Buffer.from(values.buffer, values.byteOffset, values.byteLength),
  );
  const file = Buffer.concat([length, padded, ...numbers]);
  file.write(createHash('sha256').update(file).digest('hex'), digestAt(file));
  return file;
}

/** @throws Error with the reason, in a few words, where the file is torn, damaged or of another kind */
export function decodeSafetensors(file: Buffer): TensorFile {
  const at = digestAt(file);
  if (at < digestField.length) throw new Error('is no checkpoint, or its beginning is damaged');
  const digest = file.toString('latin1', at, at + unsigned.length);
  const unsignedFile = Buffer.from(file);
  unsignedFile.write(unsigned, at);
  if (createHash('sha256').update(unsignedFile).digest('hex') !== digest) throw new Error('is torn or damaged');
  const dataStart = 8 + Number(file.readBigUInt64LE());
  const { __metadata__, ...entries } = JSON.parse(file.toString('utf8', 8, dataStart));
  const tensors = Object.entries(entries as Record<string, { data_offsets: [number, number] }>).map(
    ([name, { data_offsets }]) => {
      const [start, end] = data_offsets.map((offset) => offset + dataStart);
      return [name, new Float32Array(new Uint8Array(file.subarray(start, end)).buffer)];
    },
  );
  return { metadata: JSON.parse(__metadata__.document), tensors: Object.fromEntries(tensors) };
}

/** Where the digest's digits begin: it is the first entry of the header. */
const digestAt = (file: Buffer): number => file.subarray(0, 100).indexOf(digestField) + digestField.length;
