/// <reference path="./fvad-wasm.d.ts" />
import type { FvadModule } from '@echogarden/fvad-wasm';
import { createResampler, type StreamingResampler } from '../../pipeline/audio/index.js';

/** The rates that WebRTC's detector knows; of others it hears a copy at 16 kHz. */
const RATES_HZ = [8000, 16_000, 32_000, 48_000];
const FRAMES_A_SECOND = 50; // of 20 ms
const INT16_BYTES = 2;

// Taken out once: looking globals up sample by sample is slow in sandboxed contexts, such as test runners'.
const { max, min, round } = Math;

let fvad: Promise<FvadModule> | undefined;

/** How strict the detector is: 0 takes the most for voice, 3 the least. */
export type VoiceActivityMode = 0 | 1 | 2 | 3;

export interface VoiceActivityOptions {
  /** Of what is pushed. */
  sampleRateHz: number;
  /** How far back it can be asked, seconds. */
  keepSeconds: number;
  mode: VoiceActivityMode;
}

/**
 * Says of a signal, as it comes in, which frames of 20 ms hold a voice. It is WebRTC's detector: six bands below 4 kHz, each
 * a mixture of Gaussians for voice and for noise that follows the signal, so a frame's answer hangs on all frames before it,
 * and not on how they were cut.
 *
 * Measured, share of frames with voice (modes 0–3): digital silence, a constant, white noise at −40 dBFS, mains hum 0.00–0.01;
 * speech of RAVDESS (80 clips), frames less than 30 dB below the loudest, worst clip .82 .82 .69 .00 and median 1 1 1 .95.
 * White noise at −20 dBFS is 1.00 in every mode, as are most tones: loud sound that holds on is voice to it. `isSpeech`
 * therefore asks for more.
 *
 * Source: WebRTC `common_audio/vad`, by libfvad and @echogarden/fvad-wasm, which is loaded here first.
 */
export async function openVoiceActivity(options: VoiceActivityOptions): Promise<VoiceActivity> {
  fvad ??= import('@echogarden/fvad-wasm').then(({ default: createModule }) => createModule());
  const module = await fvad;
  const { sampleRateHz } = options;
  const heardHz = RATES_HZ.includes(sampleRateHz) ? sampleRateHz : 16_000;
  return new VoiceActivity(module, await createResampler(sampleRateHz, heardHz), heardHz, options);
}

export class VoiceActivity {
  readonly #module: FvadModule;
  readonly #resampler: StreamingResampler;
  readonly #sampleRateHz: number;
  readonly #frameSamples: number; // at the detector's rate
  readonly #voiced: Uint8Array; // a ring, frame i at i mod its length
  #frames = 0;
  readonly #frame: Float32Array;
  #filled = 0;
  /** Addresses; 0 when freed. */
  #detector: number;
  #input: number;

  /** @internal */
  constructor(module: FvadModule, resampler: StreamingResampler, heardHz: number, options: VoiceActivityOptions) {
    this.#module = module;
    this.#resampler = resampler;
    this.#sampleRateHz = options.sampleRateHz;
    this.#frameSamples = heardHz / FRAMES_A_SECOND;
    this.#voiced = new Uint8Array(Math.ceil(options.keepSeconds * FRAMES_A_SECOND) + 2);
    this.#frame = new Float32Array(this.#frameSamples);
    this.#detector = module._fvad_new();
    this.#input = module._malloc(this.#frameSamples * INT16_BYTES);
    if (this.#detector === 0 || this.#input === 0) {
      this.release();
      throw new Error('voice activity: no memory for another detector');
    }
    module._fvad_set_mode(this.#detector, options.mode);
    module._fvad_set_sample_rate(this.#detector, heardHz);
  }

  push(samples: Float32Array): void {
    this.#hear(this.#resampler.push(samples));
  }

  /** Nothing comes after: the filter's tail is heard too. What is less than a frame is not. Frees the detector. */
  end(): void {
    this.#hear(this.#resampler.end());
    this.release();
  }

  /** Up to this sample every frame that ends there or before it has been heard. */
  get heardSamples(): number {
    return Math.ceil(((this.#frames + 1) * this.#sampleRateHz) / FRAMES_A_SECOND) - 1;
  }

  /** Share of frames with voice among those wholly between two samples, 0…1; 0 where there are none. */
  share(startSample: number, endSample: number): number {
    const first = Math.ceil((startSample * FRAMES_A_SECOND) / this.#sampleRateHz);
    const end = Math.min(this.#frameAt(endSample), this.#frames);
    if (end <= first) return 0;
    if (first < this.#frames - this.#voiced.length)
      throw new RangeError(`voice activity of sample ${startSample} is no longer kept`);
    let voiced = 0;
    for (let frame = first; frame < end; frame++) voiced += this.#voiced[frame % this.#voiced.length];
    return voiced / (end - first);
  }

  /** Frees the detector. Harmless when it is free. */
  release(): void {
    this.#resampler.release();
    if (this.#detector !== 0) this.#module._fvad_free(this.#detector);
    if (this.#input !== 0) this.#module._free(this.#input);
    this.#detector = this.#input = 0;
  }

  /** How many frames end at this sample or before it. */
  #frameAt(sample: number): number {
    return Math.floor((sample * FRAMES_A_SECOND) / this.#sampleRateHz);
  }

  #hear(samples: Float32Array): void {
    for (let read = 0; read < samples.length; ) {
      const part = samples.subarray(read, read + this.#frameSamples - this.#filled);
      this.#frame.set(part, this.#filled);
      this.#filled += part.length;
      read += part.length;
      if (this.#filled === this.#frameSamples) this.#judgeFrame();
    }
  }

  #judgeFrame(): void {
    const { HEAP16 } = this.#module;
    const start = this.#input / INT16_BYTES;
    for (let i = 0; i < this.#frameSamples; i++)
      HEAP16[start + i] = max(-32_768, min(32_767, round(this.#frame[i] * 32_768)));
    const answer = this.#module._fvad_process(this.#detector, this.#input, this.#frameSamples);
    if (answer < 0) throw new Error(`voice activity: libfvad takes no frame of ${this.#frameSamples} samples`);
    this.#voiced[this.#frames % this.#voiced.length] = answer;
    this.#frames += 1;
    this.#filled = 0;
  }
}
