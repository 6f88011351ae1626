import { readFile } from 'node:fs/promises';
import { type Classification, load, type Provider } from '../../inference/node.js';
import { loadAudio } from '../audio/index.js';

export interface Prediction extends Classification {
  file: string;
}

/** Labels recordings with an `.onnx` file. The first recording that can't be read is an error that names it. */
export async function predict(model: string, files: readonly string[], provider: Provider): Promise<Prediction[]> {
  const recognizer = await load(model, { provider });
  try {
    const predictions: Prediction[] = [];
    for (const file of files) {
      const { samples, sampleRateHz } = await loadAudio(await read(file), file, recognizer.metadata.sampleRateHz);
      predictions.push({ file, ...(await recognizer.classify(samples, { sampleRateHz })) });
    }
    return predictions;
  } finally {
    await recognizer.dispose();
  }
}

async function read(file: string): Promise<Uint8Array> {
  try {
    return await readFile(file);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new Error(
      `${file}: ${code === 'ENOENT' ? 'is not there' : `can't be read (${code})`}; supported: an audio file`,
    );
  }
}
