import type { Tensor } from './graph.js';

/** Where the weights' bytes lie that are not in the model's own file: one file beside it. */
export class ExternalData {
  /** The file's bytes, in order. */
  readonly chunks: Uint8Array[] = [];
  #length = 0;

  /** @param location the file's name, as the model's file refers to it */
  constructor(readonly location: string) {}

  /**
   * Puts a tensor's bytes behind what is there, at a multiple of 4096 (onnx/docs/ExternalData.md: so that they can be mapped
   * into memory); undefined for what stays in the model's file.
   */
  place({ data }: Tensor): { offset: number; length: number } | undefined {
    if (Array.isArray(data) || data.byteLength < fewestBytes) return undefined;
    const offset = Math.ceil(this.#length / pageBytes) * pageBytes;
    if (offset > this.#length) this.chunks.push(new Uint8Array(offset - this.#length));
    this.chunks.push(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
    this.#length = offset + data.byteLength;
    return { offset, length: data.byteLength };
  }
}

const pageBytes = 4096;

/** Smaller tensors stay: what computes shapes must be read with the graph. */
const fewestBytes = 1024;

/** The bytes of tensors as they are written. */
export const bytesOf = (tensors: readonly Tensor[]): number =>
  tensors.reduce((sum, { data }) => sum + (Array.isArray(data) ? 0 : data.byteLength), 0);

/** protobuf's messages end at 2 GiB; a megabyte is left for the graph. */
export const mostBytesInside = 2 ** 31 - 2 ** 20;
