import { type FeaturePreset, featurePresets, featureShape, firstChunk } from '../features/index.js';
import { openData } from './open-data.js';
import { type ExtractOptions, extractFiles } from './prepare-examples.js';

export interface FeaturesOptions extends ExtractOptions {
  data: string;
  preset: FeaturePreset;
  /** Only the first chunk of each clip, which is what `cnn` sees. */
  firstChunkOnly: boolean;
  /** Noisy copies of each clip to extract as well. */
  copies: number;
}

/** Extracts a whole corpus into a cache, which `train` and `evaluate` then take from. */
export async function extractFeatures(
  options: FeaturesOptions,
): Promise<{ examples: number; shape: number[]; cache: string }> {
  const { data, preset, firstChunkOnly, copies, cache } = options;
  const corpus = await openData(data, options.skipBad, options.reporter);
  const spec = firstChunkOnly ? firstChunk(featurePresets[preset]) : featurePresets[preset];
  const examples = corpus.clips.flatMap((clip) => Array.from({ length: copies + 1 }, (_, copy) => ({ clip, copy })));
  const extracted = await extractFiles(examples, spec, options);
  return { examples: extracted.examples.length, shape: [...featureShape(spec)], cache };
}
