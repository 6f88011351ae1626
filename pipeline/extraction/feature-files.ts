import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { endianness } from 'node:os';
import type { FeatureShape } from '../features/index.js';

/** Where an example's features lie in the cache: a file for each chunk, in order. */
export type FeatureFiles = readonly string[]; // (chunks)

/**
 * Reads an example's features from its cache files, blocking: a file of 50 kB that the system holds in memory takes
 * less time than handing the work to another thread would.
 *
 * @returns (chunks, bands, frames), raw
 * @throws Error that names the file which is gone, unreadable, of another size, or holds what is no finite number
 */
export function readFeatures(files: FeatureFiles, [chunks, bands, frames]: FeatureShape): Float32Array {
  const values = new Float32Array(chunks * bands * frames);
  for (const [chunk, path] of files.entries())
    readChunk(path, values.subarray(chunk * bands * frames, (chunk + 1) * bands * frames));
  return values;
}

/** The features of each example in turn, (chunks, bands, frames): one is held at a time. */
export function* readEach(examples: Iterable<FeatureFiles>, shape: FeatureShape): Generator<Float32Array> {
  for (const files of examples) yield readFeatures(files, shape);
}

function readChunk(path: string, into: Float32Array): void {
  const bytes = Buffer.from(into.buffer, into.byteOffset, into.byteLength);
  const size = readWhole(path, bytes);
  if (size !== bytes.length)
    throw new Error(
      `${path}: ${size} bytes instead of ${bytes.length}, changed since it was extracted; start again to extract it anew`,
    );
  swappedOnBigEndian(bytes);
  if (!allFinite(into))
    throw new Error(`${path}: holds what is no finite number; delete it and start again to extract it anew`);
}

/** A loop, since `every` takes five times as long as reading the file does. */
function allFinite(values: Float32Array): boolean {
  for (let i = 0; i < values.length; i++) if (!Number.isFinite(values[i])) return false;
  return true;
}

/** Fills `bytes` from a file, and gives the file's size. */
function readWhole(path: string, bytes: Buffer): number {
  let file: number | undefined;
  try {
    file = openSync(path, 'r');
    const { size } = fstatSync(file);
    if (size !== bytes.length) return size;
    let done = 0;
    while (done < size) {
      const read = readSync(file, bytes, done, size - done, done);
      if (read === 0) return done; // truncated while it was read
      done += read;
    }
    return done;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const what = code === 'ENOENT' ? 'is gone since it was extracted' : `can't be read (${code})`;
    throw new Error(`${path}: ${what}; start again to extract it anew`);
  } finally {
    if (file !== undefined) closeSync(file);
  }
}

export const fromLittleEndian = (bytes: Buffer): Float32Array =>
  new Float32Array(new Uint8Array(swappedOnBigEndian(bytes)).buffer);

export const toLittleEndian = (values: Float32Array): Buffer => {
  const bytes = Buffer.from(values.buffer, values.byteOffset, values.byteLength);
  return endianness() === 'LE' ? bytes : swappedOnBigEndian(Buffer.from(bytes));
};

/** In place. */
const swappedOnBigEndian = (bytes: Buffer): Buffer => (endianness() === 'LE' ? bytes : bytes.swap32());
