import type { Classification, Clip } from './answers.js';
import type { LoadedModel } from './loaded-model.js';
import type { ModelMetadata } from './metadata.js';
import { assertClip, type ModelInput, toModelInput } from './model-input.js';
import { RunnableModel } from './runnable-model.js';

/** Clips in one run of the model at most: what lies between its layers takes memory, and speed has long stopped growing. */
const LARGEST_BATCH = 64;

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
  get provider(): LoadedModel['provider'] {
    return this.#loaded.provider;
  }

  /** How the provider was chosen: what was tried, and why what was refused was. */
  get diagnostics(): LoadedModel['diagnostics'] {
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
  async classify(samples: Float32Array, { sampleRateHz, signal }: ClassifyOptions): Promise<Classification> {
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
  async classifyBatch(clips: readonly Clip[], { signal }: { signal?: AbortSignal } = {}): Promise<Classification[]> {
    for (const [i, clip] of clips.entries()) assertClip(clip, `clip ${i}: `);
    return this.#classifyAll(clips, signal);
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
