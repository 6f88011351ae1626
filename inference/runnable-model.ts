import { firstNotFinite } from '../pipeline/audio/index.js';
import { featureShape, normalise } from '../pipeline/features/index.js';
import { softmax } from './answers.js';
import type { LoadedModel, ModelOutputs } from './loaded-model.js';
import type { ModelMetadata } from './metadata.js';

/** A loaded model that was held against its metadata, and whose answers are held against them too. */
export class RunnableModel {
  readonly #model: LoadedModel;
  /** (chunks, bands, frames) of one clip. */
  readonly #shape: readonly [number, number, number];
  readonly #running = new Set<Promise<unknown>>();
  #released: Promise<void> | undefined;

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

  /** The file takes one clip a run, whatever its metadata say. */
  get takesOneClip(): boolean {
    return this.#model.inputShape[0] === 1;
  }

  /**
   * @param samples `count` clips of one length, at the model's rate (count, samples)
   * @throws Error where the model gives no numbers, or was released
   */
  runWaveform(samples: Float32Array, count: number): Promise<ModelOutputs> {
    return this.#run(samples, [count, samples.length / count]);
  }

  /**
   * @param features raw, not normalised (count, chunks, bands, frames)
   * @throws RangeError for features that are not `count` clips' or not finite; Error where the model gives no numbers,
   *   or was released
   */
  async runFeatures(features: Float32Array, count: number): Promise<ModelOutputs> {
    const size = this.#shape.reduce((product, length) => product * length, 1);
    if (!Number.isInteger(count) || count < 1 || features.length !== count * size)
      throw new RangeError(
        `${features.length} feature values are not those of ${count} clips of ${this.#shape.join(' × ')}`,
      );
    const wrong = firstNotFinite(features);
    if (wrong >= 0)
      throw new RangeError(`feature value ${wrong} is ${features[wrong]}: features must be finite numbers`);
    const normalised = new Float32Array(features.length);
    for (let start = 0; start < features.length; start += size)
      normalised.set(
        normalise(features.subarray(start, start + size), this.#shape, this.metadata.normalisation),
        start,
      );
    return this.#run(normalised, this.#inputShape(count));
  }

  /** @throws Error where `release` was called */
  assertUsable(): void {
    if (this.#released) throw new Error(`${this.name}: the recognizer was disposed of; load the file again`);
  }

  /** Frees the model, when the runs that have begun are over. A second call changes nothing. */
  release(): Promise<void> {
    this.#released ??= Promise.allSettled(this.#running).then(() => this.#model.release());
    return this.#released;
  }

  async #run(values: Float32Array, shape: readonly number[]): Promise<ModelOutputs> {
    this.assertUsable();
    const running = this.#model.run(values, shape);
    this.#running.add(running);
    try {
      return this.#checked(await running, shape[0]);
    } finally {
      this.#running.delete(running);
    }
  }

  #checked({ probabilities: given, attention }: ModelOutputs, count: number): ModelOutputs {
    const { output, labels } = this.metadata;
    this.#assertFinite(given, count, labels.length, output ?? 'probabilities');
    if (attention) this.#assertFinite(attention, count, this.#shape[0], 'weights of attention');
    return { probabilities: output === 'logits' ? softmax(given, labels.length) : given, attention };
  }

  #assertFinite(values: Float32Array, count: number, columns: number, what: string): void {
    if (values.length !== count * columns || firstNotFinite(values) >= 0)
      throw new Error(`${this.name}: the model's output is not ${count} × ${columns} finite ${what}`);
  }

  /** (batch, [chunks where there are several,] bands, frames, 1) */
  #inputShape(count: number): number[] {
    const [chunks, bands, frames] = this.#shape;
    return [count, ...(chunks > 1 ? [chunks] : []), bands, frames, 1];
  }
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
