import { mkdir, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { writeDurably } from '../training/write-durably.js';

/** @throws Error where the path is a folder: said before any work is done */
export async function assertFilePath(output: string): Promise<void> {
  const there = await stat(output).catch(() => undefined);
  if (there?.isDirectory()) throw new Error(`${output}: is a folder; supported: the path of an .onnx file to write`);
}

/** Writes the file and the folders that lead to it. */
export async function writeOnnx(output: string, bytes: Uint8Array | readonly Uint8Array[]): Promise<void> {
  await mkdir(dirname(output), { recursive: true });
  await writeDurably(output, bytes);
}
