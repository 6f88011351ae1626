import { createResampler, firstNotFinite, type StreamingResampler } from '../../pipeline/audio/index.js';
import type { Recognizer } from '../classifier.js';
import { judge, type Moment, type Window } from './judge.js';
import { SampleRing } from './sample-ring.js';
import { Smoothing } from './smoothing.js';
import type { SpeechGate } from './speech-gate.js';
import { openVoiceActivity, type VoiceActivity } from './voice-activity.js';
import { type WindowPlan, wholeWindows } from './windows.js';

/** Samples that are resampled, and kept, at a time. */
const PIECE_SAMPLES = 4096;
/** What the voice activity may lag behind, as a share of a second: half a filter of the resampler. */
const LAG_SECONDS = 0.05;

export interface SessionSettings {
  /** Of the blocks. */
  sampleRateHz: number;
  plan: WindowPlan;
  gate: SpeechGate;
  closed: boolean;
  halfLifeSeconds: number;
  latest: boolean;
}

/** What a stream says of the window that ends at a time. */
export interface StreamResult extends Omit<Moment, 'endSeconds'> {
  /** The end of the window, seconds from the first sample of the stream. */
  timeSeconds: number;
  /** Smoothed over the windows with speech so far; `label` and `unsure` are theirs. Null where there is no speech. */
  probabilities: Record<string, number> | null;
  /** Of this window alone. */
  rawProbabilities: Record<string, number> | null;
  /** Windows that were left out before this one, because the model was slower than the input: 0 without `latest`. */
  skipped: number;
}

interface Source {
  resampler: StreamingResampler;
  ring: SampleRing;
  activity: VoiceActivity;
}

/**
 * A stream between its ends: samples are pushed, results are asked for. What there is of it in memory is the last window of
 * samples and a piece of the block that is being read. Which window is which hangs on the count of samples alone.
 */
export class StreamSession {
  readonly #recognizer: Recognizer;
  readonly #settings: SessionSettings;
  readonly #smoothing: Smoothing;
  readonly #failure = new AbortController();
  #source: Source | undefined;
  #nextWindow = 0;
  /** Where the last window that was taken ends. */
  #coveredSamples = 0;
  #read = 0; // samples of the blocks
  #ended = false;
  #changed = () => {};
  #change: Promise<void>;

  constructor(recognizer: Recognizer, settings: SessionSettings) {
    this.#recognizer = recognizer;
    this.#settings = settings;
    this.#smoothing = new Smoothing(settings.halfLifeSeconds);
    this.#change = this.#nextChange();
  }

  async open(): Promise<void> {
    const { sampleRateHz, plan, gate, latest } = this.#settings;
    const keptSamples = plan.windowSamples + (latest ? plan.hopSamples : 0) + PIECE_SAMPLES;
    const keepSeconds = keptSamples / plan.sampleRateHz + LAG_SECONDS;
    const resampler = await createResampler(sampleRateHz, plan.sampleRateHz);
    try {
      const activity = await openVoiceActivity({ sampleRateHz: plan.sampleRateHz, keepSeconds, mode: gate.mode });
      this.#source = { resampler, activity, ring: new SampleRing(Math.ceil(keepSeconds * plan.sampleRateHz)) };
    } catch (error) {
      resampler.release();
      throw error;
    }
    if (this.#failure.signal.aborted) this.#release();
  }

  /**
   * Takes a block in; without `latest`, waits until every window that it completes has been asked for.
   *
   * @throws TypeError for what is no Float32Array, RangeError for samples that are not finite; the reason of `fail`
   */
  async push(block: unknown): Promise<void> {
    const samples = this.#checked(block);
    for (let start = 0; start < samples.length; start += PIECE_SAMPLES) {
      this.#failure.signal.throwIfAborted();
      const piece = samples.subarray(start, start + PIECE_SAMPLES);
      await this.#take(this.#opened().resampler.push(piece));
      this.#read += piece.length;
    }
  }

  /** Nothing comes after. Waits as `push` does. */
  async end(): Promise<void> {
    await this.#take(this.#opened().resampler.end());
    this.#opened().activity.end();
    this.#ended = true;
    this.#announce();
  }

  /**
   * The next result, as soon as its window is full; after the end, one of a last window that ends with the stream, where
   * samples came after the last full one.
   *
   * @returns undefined when there is nothing more; all is freed then
   * @throws the reason of `fail`, and as `classify` does
   */
  async next(): Promise<StreamResult | undefined> {
    for (;;) {
      this.#failure.signal.throwIfAborted();
      const taken = this.#source && this.#takeWindow(this.#source);
      if (taken) return this.#answer(taken.window, taken.skipped);
      if (this.#ended) {
        this.#release();
        return undefined;
      }
      await this.#change;
    }
  }

  /** Ends everything, now, and frees it: whoever waits gets the reason. */
  fail(reason: unknown): void {
    this.#failure.abort(reason);
    this.#release();
    this.#announce();
  }

  async #take(resampled: Float32Array): Promise<void> {
    for (let start = 0; start < resampled.length; start += PIECE_SAMPLES) {
      const { ring, activity } = this.#opened();
      const piece = resampled.subarray(start, start + PIECE_SAMPLES);
      ring.push(piece);
      activity.push(piece);
      this.#announce();
      while (!this.#settings.latest && this.#fullWindows(this.#opened()) > this.#nextWindow) await this.#change;
    }
  }

  /** Windows whose samples and voice activity are all there, since the start of the stream. */
  #fullWindows({ ring, activity }: Source): number {
    const { plan } = this.#settings;
    return wholeWindows(this.#ended ? ring.written : Math.min(ring.written, activity.heardSamples), plan);
  }

  #takeWindow(source: Source): { window: Window; skipped: number } | undefined {
    const { plan, latest } = this.#settings;
    const full = this.#fullWindows(source);
    const { written } = source.ring;
    if (full > this.#nextWindow) {
      const index = latest ? full - 1 : this.#nextWindow;
      const skipped = index - this.#nextWindow;
      this.#nextWindow = index + 1;
      const start = index * plan.hopSamples;
      return { window: this.#cut(source, start, start + plan.windowSamples), skipped };
    }
    if (!this.#ended || this.#coveredSamples >= written) return undefined;
    return { window: this.#cut(source, Math.max(0, written - plan.windowSamples), written), skipped: 0 };
  }

  #cut({ ring, activity }: Source, startSample: number, endSample: number): Window {
    const samples = ring.read(startSample, endSample);
    const voicedShare = activity.share(startSample, endSample);
    this.#coveredSamples = endSample;
    this.#announce();
    return { startSample, samples, voicedShare };
  }

  async #answer(window: Window, skipped: number): Promise<StreamResult> {
    const { plan, gate, closed } = this.#settings;
    const { signal } = this.#failure;
    const options = { sampleRateHz: plan.sampleRateHz, gate, closed, signal };
    const [{ endSeconds: timeSeconds, ...moment }] = await judge(this.#recognizer, [window], options);
    signal.throwIfAborted();
    const rawProbabilities = moment.probabilities;
    if (!rawProbabilities) return { ...moment, timeSeconds, rawProbabilities, skipped };
    const probabilities = this.#smoothing.next(rawProbabilities, timeSeconds);
    const [label, largest] = Object.entries(probabilities).reduce((best, one) => (one[1] > best[1] ? one : best));
    const unsure = largest < (this.#recognizer.metadata.unsureBelow ?? 0);
    return { ...moment, label, unsure, probabilities, timeSeconds, rawProbabilities, skipped };
  }

  #opened(): Source {
    this.#failure.signal.throwIfAborted();
    if (!this.#source) throw new Error('the stream has ended');
    return this.#source;
  }

  #checked(block: unknown): Float32Array {
    if (!(block instanceof Float32Array)) throw new TypeError('a block must be a Float32Array of mono samples');
    const wrong = firstNotFinite(block);
    if (wrong >= 0)
      throw new RangeError(
        `sample ${this.#read + wrong} of the stream is ${block[wrong]}: samples must be finite numbers`,
      );
    return block;
  }

  #announce(): void {
    const changed = this.#changed;
    this.#change = this.#nextChange();
    changed();
  }

  #nextChange(): Promise<void> {
    return new Promise((resolve) => {
      this.#changed = resolve;
    });
  }

  #release(): void {
    this.#source?.resampler.release();
    this.#source?.activity.release();
    this.#source = undefined;
  }
}
