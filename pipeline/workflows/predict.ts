import { basename, extname } from 'node:path';
import { type Classification, load, type Provider } from '../../inference/node.js';
import { loadAudio } from '../audio/index.js';
import { readRecording } from './read-recording.js';

export interface PredictOptions {
  provider: Provider;
  /** Folder for a picture of each recording with the attention over it. Default: none is drawn. */
  attention?: string;
  signal?: AbortSignal;
}

export interface Prediction extends Classification {
  file: string;
  /** What was drawn of it. */
  pictures?: string[];
}

/**
 * Labels recordings with an `.onnx` file. The first recording that can't be read is an error that names it.
 *
 * @throws Error where attention is to be drawn and the model has none, or the optional chart packages are missing
 */
export async function predict(
  model: string,
  files: readonly string[],
  { provider, attention: folder, signal }: PredictOptions,
): Promise<Prediction[]> {
  const recognizer = await load(model, { provider });
  try {
    const { sampleRateHz, featureSpec, attention } = recognizer.metadata;
    if (folder !== undefined && !attention)
      throw new TypeError(
        `${model}: has no attention to draw; supported: files that \`serkit export\` wrote of a model with a layer named attention (cnn-attention-lstm)`,
      );
    const names = pictureNames(files);
    const predictions: Prediction[] = [];
    for (const [i, file] of files.entries()) {
      signal?.throwIfAborted();
      const { samples } = await loadAudio(await readRecording(file), file, sampleRateHz);
      const prediction: Prediction = { file, ...(await recognizer.classify(samples, { sampleRateHz })) };
      if (folder !== undefined) {
        const { drawAttention } = await import('./draw-attention.js');
        prediction.pictures = await drawAttention({ name: names[i], samples, prediction }, featureSpec, folder);
      }
      predictions.push(prediction);
    }
    return predictions;
  } finally {
    await recognizer.dispose();
  }
}

/** Each recording's name without folder and ending; of those that are alike the later ones are numbered. */
function pictureNames(files: readonly string[]): string[] {
  const taken = new Set<string>();
  return files.map((file) => {
    const base = basename(file, extname(file));
    let name = base;
    for (let n = 2; taken.has(name); n++) name = `${base}-${n}`;
    taken.add(name);
    return name;
  });
}
