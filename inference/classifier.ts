import { resample } from '../pipeline/audio/index.js';
import {
  type ChunkSpan,
  chunkSpans,
  clipWarnings,
  extractFeatures,
  featureShape,
  normalise,
} from '../pipeline/features/index.js';
import type { LoadedModel, ModelOutputs } from './loaded-model.js';
import type { ModelMetadata } from './metadata.js';
import type { Diagnostic } from './providers/diagnostic.js';

/** How much one chunk of a clip counted, of a model with attention. Chunks may overlap. */
export interface ChunkAttention extends ChunkSpan {
  /** 0…1; over all chunks together 1. */
  weight: number;
}

export interface Classification {
  /** The most probable label. */
  label: string;
  /** By label, each 0…1, together 1. */
  probabilities: Record<string, number>;
  /** How much each chunk counted, in the order of time; absent where the model has no attention. */
  attention?: ChunkAttention[];
  /** Why the answer deserves no trust: a silent clip, one shorter than a window. Mostly empty. */
  warnings: string[];
  provider: string;
  /** From samples to probabilities. */
  milliseconds: number;
}

/**
 * Recognises emotions by one model file: samples → features → normalisation → model → probabilities. A file that takes a
 * waveform does it all itself, from samples at its rate on.
 */
export class Recognizer {
  readonly #model: LoadedModel;
  /** (chunks, bands, frames) of one clip. */
  readonly #shape: readonly [number, number, number];

  /**
   * @param name of the file, for messages
   * @throws RangeError where the file's input or output does not fit its metadata
   */
  constructor(
    model: LoadedModel,
    readonly metadata: ModelMetadata,
    readonly name: string,
  ) {
    this.#model = model;
    const [chunks, bands, frames] = featureShape(metadata.featureSpec);
    this.#shape = [chunks, bands, frames];
    if (metadata.input === 'waveform') assertShape(model.inputShape, [1, 'samples'], `${name}: takes a waveform`);
    else assertShape(model.inputShape, this.#inputShape(1), `${name}: takes features`);
    assertShape(model.outputShape, [1, metadata.labels.length], `${name}: gives probabilities`);
    if (model.attentionShape) assertShape(model.attentionShape, [1, chunks], `${name}: gives attention`);
  }

  /** In the order of the output's columns. */
  get labels(): readonly string[] {
    return this.metadata.labels;
  }

  get provider(): string {
    return this.#model.provider;
  }

  get diagnostics(): readonly Diagnostic[] {
    return this.#model.diagnostics;
  }

  /**
   * The emotion in a clip.
   *
   * @param samples mono, nominally −1…1, any length but 0; resampled where the model wants another rate
   * @throws TypeError for samples of another kind, RangeError for an empty clip, samples that are not finite, or a
   *   rate that is no positive integer
   */
  async classify(samples: Float32Array, { sampleRateHz }: { sampleRateHz: number }): Promise<Classification> {
    const start = performance.now();
    assertSamples(samples);
    const { featureSpec, labels } = this.metadata;
    const resampled = await resample(samples, sampleRateHz, featureSpec.sampleRateHz);
    const { outputs, warnings } = await this.#answer(resampled);
    const { probabilities: row, attention } = outputs;
    const spans = chunkSpans(resampled.length, featureSpec);
    return {
      label: labels[row.indexOf(Math.max(...row))],
      probabilities: Object.fromEntries(labels.map((label, i) => [label, row[i]])),
      ...(attention && { attention: spans.map((span, chunk) => ({ ...span, weight: attention[chunk] })) }),
      warnings,
      provider: this.provider,
      milliseconds: performance.now() - start,
    };
  }

  /**
   * The same from features that `extractFeatures` gave, many clips in one run.
   *
   * @param features raw, not normalised (count, chunks, bands, frames)
   * @returns probabilities (count, labels)
   * @throws RangeError for features that are not `count` clips' or not finite; TypeError where the file takes a waveform,
   *   not features; Error where the model gives no numbers
   */
  async classifyFeatures(features: Float32Array, count: number): Promise<Float32Array> {
    if (this.metadata.input === 'waveform')
      throw new TypeError(
        `${this.name}: takes a waveform and computes its features itself: use classify, or a file from \`serkit export --input features\``,
      );
    return (await this.#runFeatures(features, count)).probabilities;
  }

  /** @param samples at the model's rate */
  async #answer(samples: Float32Array): Promise<{ outputs: ModelOutputs; warnings: string[] }> {
    const { input, featureSpec } = this.metadata;
    if (input === 'waveform') {
      const outputs = this.#checked(await this.#model.run(samples, [1, samples.length]), 1);
      return { outputs, warnings: clipWarnings(samples, featureSpec) };
    }
    const { values, warnings } = extractFeatures(samples, featureSpec);
    return { outputs: await this.#runFeatures(values, 1), warnings };
  }

  async #runFeatures(features: Float32Array, count: number): Promise<ModelOutputs> {
    const size = this.#shape.reduce((product, length) => product * length, 1);
    if (!Number.isInteger(count) || count < 1 || features.length !== count * size)
      throw new RangeError(
        `${features.length} feature values are not those of ${count} clips of ${this.#shape.join(' × ')}`,
      );
    const wrong = features.findIndex((value) => !Number.isFinite(value));
    if (wrong >= 0)
      throw new RangeError(`feature value ${wrong} is ${features[wrong]}: features must be finite numbers`);
    const normalised = new Float32Array(features.length);
    for (let start = 0; start < features.length; start += size)
      normalised.set(
        normalise(features.subarray(start, start + size), this.#shape, this.metadata.normalisation),
        start,
      );
    return this.#checked(await this.#model.run(normalised, this.#inputShape(count)), count);
  }

  /** @throws Error where what the model gave are no numbers, or not as many as there should be */
  #checked({ probabilities: given, attention }: ModelOutputs, count: number): ModelOutputs {
    const { output } = this.metadata;
    this.#assertFinite(given, count, this.labels.length, output ?? 'probabilities');
    if (attention) this.#assertFinite(attention, count, this.#shape[0], 'weights of attention');
    return { probabilities: output === 'logits' ? softmax(given, this.labels.length) : given, attention };
  }

  /** Frees the model. The recognizer cannot be used afterwards. */
  async dispose(): Promise<void> {
    await this.#model.release();
  }

  #assertFinite(values: Float32Array, count: number, columns: number, what: string): void {
    if (values.length !== count * columns || !values.every(Number.isFinite))
      throw new Error(`${this.name}: the model's output is not ${count} × ${columns} finite ${what}`);
  }

  /** (batch, [chunks where there are several,] bands, frames, 1) */
  #inputShape(count: number): number[] {
    const [chunks, bands, frames] = this.#shape;
    return [count, ...(chunks > 1 ? [chunks] : []), bands, frames, 1];
  }
}

/** e^x / Σ e^x of each row. */
function softmax(logits: Float32Array, columns: number): Float32Array {
  const probabilities = new Float32Array(logits.length);
  for (let start = 0; start < logits.length; start += columns) {
    const row = logits.subarray(start, start + columns);
    const largest = row.reduce((most, value) => Math.max(most, value), -Infinity);
    const sum = row.reduce((total, value) => total + Math.exp(value - largest), 0);
    probabilities.set(
      row.map((value) => Math.exp(value - largest) / sum),
      start,
    );
  }
  return probabilities;
}

/** Declared and wanted agree in rank and, beyond the batch, in every size that is declared as a number. */
function assertShape(declared: readonly (number | string)[], wanted: readonly (number | string)[], what: string): void {
  const fits =
    declared.length === wanted.length &&
    declared.every((size, axis) => axis === 0 || typeof size === 'string' || size === wanted[axis]);
  if (!fits)
    throw new RangeError(
      `${what} of ${declared.join(' × ')}, but its metadata says batch × ${wanted.slice(1).join(' × ')}`,
    );
}

function assertSamples(samples: unknown): asserts samples is Float32Array {
  if (!(samples instanceof Float32Array)) throw new TypeError('samples must be a Float32Array of mono samples');
  if (samples.length === 0) throw new RangeError('the clip is empty: at least one sample is needed');
  const wrong = samples.findIndex((sample) => !Number.isFinite(sample));
  if (wrong >= 0) throw new RangeError(`sample ${wrong} is ${samples[wrong]}: samples must be finite numbers`);
}
