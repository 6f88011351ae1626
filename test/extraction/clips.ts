import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Clip } from '../../pipeline/datasets/corpus.js';
import type { FeatureSpec } from '../../pipeline/features/index.js';
import { uniformNoise } from '../features/signals.js';

/** Small enough that a clip takes milliseconds: 8 kHz, two chunks of 0.5 s from 0.25 and 0.5 s. */
export const tinySpec: FeatureSpec = {
  kind: 'mel-spectrogram',
  sampleRateHz: 8000,
  windowSamples: 128,
  hopSamples: 200,
  melBands: 12,
  chunkSeconds: 0.5,
  chunkStartsSeconds: [0.25, 0.5],
};

/** A clip of `bytes` in a file of that name. */
export function writeClip(folder: string, id: string, bytes: Uint8Array): Clip {
  const path = join(folder, id);
  writeFileSync(path, bytes);
  const contentHash = createHash('sha256').update(bytes).digest('hex');
  return { id, source: { kind: 'file', path }, label: 'calm', contentHash };
}

/** A second of 16-bit mono WAV noise at 8 kHz, another for each seed. */
export function noiseWav(seed: number): Buffer {
  const samples = uniformNoise(8000, seed);
  const wav = Buffer.alloc(44 + 2 * samples.length);
  wav.write('RIFF', 0);
  wav.writeUInt32LE(wav.length - 8, 4);
  wav.write('WAVEfmt ', 8);
  wav.writeUInt32LE(16, 16); // size of the format chunk
  wav.writeUInt16LE(1, 20); // integer PCM
  wav.writeUInt16LE(1, 22); // channels
  wav.writeUInt32LE(8000, 24); // sample rate, Hz
  wav.writeUInt32LE(16_000, 28); // bytes a second
  wav.writeUInt16LE(2, 32); // bytes a frame
  wav.writeUInt16LE(16, 34); // bits a sample
  wav.write('data', 36);
  wav.writeUInt32LE(2 * samples.length, 40);
  for (let i = 0; i < samples.length; i++) wav.writeInt16LE(Math.floor(20_000 * samples[i]), 44 + 2 * i);
  return wav;
}
