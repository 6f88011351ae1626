import type { Classification, Clip } from './answers.js';
import type { LoadedModel } from './loaded-model.js';
import type { ModelMetadata } from './metadata.js';
import { assertClip, type ModelInput, toModelInput } from './model-input.js';
import type { Diagnostic } from './providers/diagnostic.js';
import { RunnableModel } from './runnable-model.js';
import { type StreamOptions, type StreamResult, streamResults } from './streaming/stream.js';
import type { Moment, TimelineOptions } from './timeline.js';

/** Clips in one run of the model at most: what lies between its layers takes memory, and speed has long stopped growing. */
const LARGEST_BATCH = 64;

/** How `classify` is to take the samples. */
export interface ClassifyOptions {
  /** Samples a second: a positive whole number. Resampled where the model wants another rate. */
  sampleRateHz: number;
  /** Ends the work before its next step; a run of the model that has begun is not interrupted. */
  signal?: AbortSignal;
}

/**
 * Recognises emotions by one model file: samples → features → normalisation → model → probabilities. A file that takes a
 * waveform does it all itself, from samples at its rate on. `load` makes one.
 */
export class Recognizer {
  readonly #loaded: LoadedModel;
  readonly #model: RunnableModel;

  /** @internal */
  constructor(
    model: LoadedModel,
    /** What the file says about itself: labels, rate, features, where the model comes from. */
    readonly metadata: ModelMetadata,
    /** Of the file, as messages have it. */
    readonly name: string,
  ) {
    this.#loaded = model;
    this.#model = new RunnableModel(model, metadata, name);
  }

  /** In the order of the output's columns. */
  get labels(): readonly string[] {
    return this.metadata.labels;
  }

  /** Execution provider that runs the model. */
  get provider(): string {
    return this.#loaded.provider;
  }

  /** How the provider was chosen: what came of each that was looked at, the chosen one last. */
  get diagnostics(): readonly Diagnostic[] {
    return this.#loaded.diagnostics;
  }

  /**
   * The emotion in a clip. Calls may overlap.
   *
   * @param samples - mono, nominally −1…1, any length but 0
   * @throws TypeError for samples of another kind; RangeError for an empty clip, samples that are not finite, or a rate
   *   that is no positive whole number; Error after `dispose`; the signal's reason where it aborts
   * @example
   * ```ts
   * const { label, unsure, probabilities } = await recognizer.classify(samples, { sampleRateHz: 16_000 });
   * ```
   */
  async classify(samples: Float32Array, options: ClassifyOptions): Promise<Classification> {
    const { sampleRateHz, signal } = options;
    const clip = { samples, sampleRateHz };
    assertClip(clip);
    const [answer] = await this.#classifyAll([clip], signal);
    return answer;
  }

  /**
   * Many clips, up to 64 in one run of the model: sooner than one by one, with the same answers to float rounding. In a
   * file that takes a waveform, clips share a run where they can be cut, or filled with silence, to one length without a
   * chunk changing: always, but for clips shorter than a chunk and a model of several chunks.
   *
   * @param clips - of any lengths and rates; none gives none
   * @returns in the order of the clips
   * @throws as `classify` does, naming the clip; then no clip is answered
   * @example
   * ```ts
   * const answers = await recognizer.classifyBatch([
   *   { samples: first, sampleRateHz: 16_000 },
   *   { samples: second, sampleRateHz: 44_100 },
   * ]);
   * ```
   */
  async classifyBatch(clips: readonly Clip[], options: { signal?: AbortSignal } = {}): Promise<Classification[]> {
    for (const [i, clip] of clips.entries()) assertClip(clip, `clip ${i}: `);
    return this.#classifyAll(clips, options.signal);
  }

  /**
   * The emotions of a longer recording over time, window by window, many windows in one run of the model. Window k is
   * k · hop … k · hop + window, as long as it lies within the recording; where the last one ends before the recording does,
   * one more of the same length ends with it; a recording shorter than a window is one moment, with the warning of
   * `classify`. A window without speech has no label (see `gate`); the others are labelled as `classify` labels the samples cut out.
   *
   * @param samples - mono, nominally −1…1, any length but 0
   * @throws as `classify` does; RangeError for a window or hop out of range
   * @example
   * ```ts
   * for (const { startSeconds, endSeconds, label } of await recognizer.timeline(samples, { sampleRateHz: 16_000 }))
   *   console.log(startSeconds, endSeconds, label ?? 'no speech');
   * ```
   */
  async timeline(samples: Float32Array, options: TimelineOptions): Promise<Moment[]> {
    return (await import('./timeline.js')).timeline(this, samples, options);
  }

  /**
   * Live results: blocks of mono samples of any lengths go in, and from the first full window on a result comes out every
   * hop. It is the same however the blocks were cut, and but for the smoothing that of `timeline` over the whole. Empty blocks are
   * ignored; a block must not be changed until its write has resolved. What is kept is a window of samples, over hours too.
   * When the input ends, a last window ends with it, as in `timeline`. `dispose` is an error in the stream; to stop early,
   * abort the writer or cancel the reader.
   *
   * Smoothed: s ← d · s + (1 − d) · p with d = 2^(−Δt / half-life), Δt since the last window with speech. Silence and
   * non-speech have `speech: false` and no label, and leave s as it is.
   *
   * @throws RangeError or TypeError for options out of range; in the stream TypeError for a block of another kind, RangeError for
   *   samples that are not finite
   * @example
   * ```ts
   * const results = microphoneBlocks.pipeThrough(recognizer.stream({ sampleRateHz: 48_000, latest: true }));
   * for await (const { timeSeconds, speech, label } of results) console.log(timeSeconds, speech ? label : '–');
   * ```
   */
  stream(options: StreamOptions): TransformStream<Float32Array, StreamResult> {
    return streamResults(this, options);
  }

  /**
   * Probabilities from features that were extracted before, many clips in one run.
   *
   * @param features - raw, not normalised (count, chunks, bands, frames)
   * @returns probabilities (count, labels)
   * @throws RangeError for features that are not `count` clips' or not finite; TypeError where the file takes a waveform,
   *   not features; Error where the model gives no numbers
   */
  async classifyFeatures(features: Float32Array, count: number): Promise<Float32Array> {
    if (this.metadata.input === 'waveform')
      throw new TypeError(
        `${this.name}: takes a waveform and computes its features itself: use classify, or a file from \`serkit export --input features\``,
      );
    return (await this.#model.runFeatures(features, count)).probabilities;
  }

  /** Frees the model, when the runs that have begun are over; what is asked of the recognizer afterwards is an error. A second call changes nothing. */
  dispose(): Promise<void> {
    return this.#model.release();
  }

  async #classifyAll(clips: readonly Clip[], signal?: AbortSignal): Promise<Classification[]> {
    this.#model.assertUsable();
    const largest = this.#model.takesOneClip ? 1 : LARGEST_BATCH;
    const answers: Classification[] = [];
    const groups = new Map<number, [clip: number, input: ModelInput][]>(); // by length of the input
    const answerGroup = async (length: number, group: [clip: number, input: ModelInput][]): Promise<void> => {
      groups.delete(length);
      signal?.throwIfAborted();
      const given = await this.#answer(group.map(([, input]) => input));
      for (const [i, [clip]] of group.entries()) answers[clip] = given[i];
    };
    for (const [i, clip] of clips.entries()) {
      signal?.throwIfAborted();
      const input = await toModelInput(clip, this.metadata, signal);
      const group = groups.get(input.values.length) ?? [];
      groups.set(input.values.length, group);
      if (group.push([i, input]) === largest) await answerGroup(input.values.length, group);
    }
    for (const [length, group] of [...groups]) await answerGroup(length, group);
    return answers;
  }

  /** @param inputs all of one length */
  async #answer(inputs: readonly ModelInput[]): Promise<Classification[]> {
    const start = performance.now();
    const values = joined(inputs.map((input) => input.values));
    const { probabilities, attention } = await (this.metadata.input === 'waveform'
      ? this.#model.runWaveform(values, inputs.length)
      : this.#model.runFeatures(values, inputs.length));
    const modelMilliseconds = (performance.now() - start) / inputs.length;
    const { labels, unsureBelow } = this.metadata;
    return inputs.map(({ spans, warnings, resampleMilliseconds, featuresMilliseconds }, i) => {
      const row = probabilities.subarray(i * labels.length, (i + 1) * labels.length);
      const weights = attention?.subarray(i * spans.length, (i + 1) * spans.length);
      const largest = Math.max(...row);
      return {
        label: labels[row.indexOf(largest)],
        unsure: largest < (unsureBelow ?? 0),
        probabilities: Object.fromEntries(labels.map((label, column) => [label, row[column]])),
        ...(weights && { attention: spans.map((span, chunk) => ({ ...span, weight: weights[chunk] })) }),
        warnings,
        provider: this.provider,
        timings: {
          resampleMilliseconds,
          featuresMilliseconds,
          modelMilliseconds,
          totalMilliseconds: resampleMilliseconds + featuresMilliseconds + modelMilliseconds,
        },
      };
    });
  }
}

function joined(parts: readonly Float32Array[]): Float32Array {
  if (parts.length === 1) return parts[0];
  const whole = new Float32Array(parts.reduce((length, part) => length + part.length, 0));
  let start = 0;
  for (const part of parts) {
    whole.set(part, start);
    start += part.length;
  }
  return whole;
}
