import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Classification } from '../../inference/node.js';
import { attentionSpec } from '../experiments/charts/attention.js';
import { renderPng, renderSvg } from '../experiments/charts/render.js';
import { extractFeatures, type FeatureSpec, featureShape } from '../features/index.js';
import { writeDurably } from '../training/write-durably.js';
import { percent } from './reporter.js';

/** A recording that was labelled by a model with attention. */
export interface AttendedRecording {
  /** Of the pictures, without their ending. */
  name: string;
  /** At the model's rate. */
  samples: Float32Array;
  prediction: Pick<Classification, 'label' | 'probabilities' | 'attention'>;
}

/**
 * Draws a recording with the attention that the model paid to each part of it: `NAME.svg` and `NAME.png`.
 *
 * @param featureSpec of the model: its bands and frames are drawn, over the whole recording
 * @returns the files that were written
 * @throws Error where the optional chart packages are missing
 */
export async function drawAttention(
  { name, samples, prediction }: AttendedRecording,
  featureSpec: FeatureSpec,
  folder: string,
): Promise<string[]> {
  const { attention = [], label, probabilities } = prediction;
  const spectrogram = melSpectrogram(samples, featureSpec);
  const spec = attentionSpec(
    { samples, sampleRateHz: featureSpec.sampleRateHz, spectrogram, attention },
    {
      text: `${name}: ${label} ${percent(probabilities[label])}`,
      subtitle: [
        'how much each chunk counted; behind the waveform',
        'the weights of all chunks that hold the moment; dark is loud',
      ],
    },
  );
  const svg = await renderSvg(spec);
  const pictures: [file: string, content: string | Uint8Array][] = [
    [join(folder, `${name}.svg`), svg],
    [join(folder, `${name}.png`), await renderPng(svg)],
  ];
  await mkdir(folder, { recursive: true }).catch((error: Error) => {
    throw new Error(`${folder}: can't be made (${error.message}); choose another folder with --attention`);
  });
  for (const [file, content] of pictures) await writeDurably(file, content);
  return pictures.map(([file]) => file);
}

/** The whole recording as one chunk of the model's mel spectrogram, also where the model sees MFCC. */
function melSpectrogram(samples: Float32Array, { coefficients: _, ...spec }: FeatureSpec) {
  const seconds = Math.max(samples.length, spec.windowSamples) / spec.sampleRateHz;
  const whole: FeatureSpec = { ...spec, kind: 'mel-spectrogram', chunkSeconds: seconds, chunkStartsSeconds: [0] };
  const [, bands, frames] = featureShape(whole);
  const { values } = extractFeatures(samples, whole);
  return { values, bands, frames, hopSeconds: spec.hopSamples / spec.sampleRateHz };
}
