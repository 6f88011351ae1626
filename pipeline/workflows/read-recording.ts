import { readFile } from 'node:fs/promises';

/** @throws Error in one line that names the file */
export async function readRecording(file: string): Promise<Uint8Array> {
  try {
    return await readFile(file);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EISDIR')
      throw new Error(`${file}: is a folder; -o OUT.csv says where the answers to its recordings go`);
    throw new Error(
      `${file}: ${code === 'ENOENT' ? 'is not there' : `can't be read (${code})`}; supported: an audio file`,
    );
  }
}
