import type { Clip } from '../../datasets/corpus.js';
import { loadClip } from '../../datasets/index.js';
import { extractChunk, type FeatureSpec, featureShape } from '../../features/index.js';
import type { ClipPicture, Matrix } from './exploration.js';

/** As many as Meyda gives. */
export const COEFFICIENTS = 40;

/** Columns of a waveform: more than a picture has pixels across. */
const COLUMNS = 600;

/**
 * What pictures show of a whole clip: its waveform, mel spectrogram and MFCC, the latter two with the window, hop and
 * bands of `spec`.
 */
export async function pictureClip(clip: Clip, spec: FeatureSpec): Promise<ClipPicture> {
  const samples = await loadClip(clip, spec.sampleRateHz);
  const { id, speaker, gender, label, intensity, statement } = clip;
  const seconds = samples.length / spec.sampleRateHz;
  const whole: FeatureSpec = { ...spec, chunkSeconds: seconds, chunkStartsSeconds: [0] };
  return {
    clip: { id, speaker, gender, label, intensity, statement },
    seconds,
    envelope: envelopeOf(samples, COLUMNS),
    melSpectrogram: matrixOf(samples, { ...whole, kind: 'mel-spectrogram', coefficients: undefined }, 2),
    mfcc: matrixOf(samples, { ...whole, kind: 'mfcc', coefficients: Math.min(COEFFICIENTS, spec.melBands) }, 1),
  };
}

/** Lowest and highest sample in each of `columns` equal parts of the signal; every sample counts in one of them. */
export function envelopeOf(samples: Float32Array, columns: number): ClipPicture['envelope'] {
  const lowest: number[] = [];
  const highest: number[] = [];
  for (let column = 0; column < Math.min(columns, samples.length); column++) {
    const [from, to] = [column, column + 1].map((edge) => Math.floor((edge * samples.length) / columns));
    const part = samples.subarray(from, Math.max(to, from + 1));
    lowest.push(
      rounded(
        part.reduce((least, sample) => Math.min(least, sample), 1),
        4,
      ),
    );
    highest.push(
      rounded(
        part.reduce((most, sample) => Math.max(most, sample), -1),
        4,
      ),
    );
  }
  return { lowest, highest };
}

function matrixOf(samples: Float32Array, spec: FeatureSpec, decimals: number): Matrix {
  const [, bands, frames] = featureShape(spec);
  return { bands, frames, values: Array.from(extractChunk(samples, spec, 0), (value) => rounded(value, decimals)) };
}

export const rounded = (value: number, decimals: number): number => Number(value.toFixed(decimals));
