/** The mel spectrogram that everybody computes: what speech work commonly takes at this rate. */
export const melTask = { sampleRateHz: 22_050, windowSamples: 1024, hopSamples: 256, melBands: 60 } as const;

/** What every contestant's process is given, as JSON. */
export interface FeaturesTask {
  library: 'serkit' | 'meyda' | 'librosa' | 'torchaudio';
  /** Raw float32 samples. */
  signal: string;
  sampleRateHz: number;
  windowSamples: number;
  hopSamples: number;
  melBands: number;
}

export const frameCount = (samples: number): number =>
  1 + Math.floor((samples - melTask.windowSamples) / melTask.hopSamples);
