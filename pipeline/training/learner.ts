import * as tf from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { Adam } from './adam.js';
import type { Batch } from './batches/batch-source.js';
import { FlatWeights, flatten } from './flat-weights.js';
import { type MaskedLayer, prepareForTraining } from './layers/index.js';
import { type Objective, objectives } from './objective.js';

export interface LearnerOptions {
  /** Default: `recognition`. */
  task?: keyof typeof objectives;
  /** Decides the dropout masks. Default 1. */
  seed?: number;
  /** The loss' weight of each label, (labels); 1 each where undefined. */
  classWeights?: readonly number[];
  /** Norm that the whole gradient is scaled down to where it is longer; unlimited where undefined. */
  clipNorm?: number;
  /** Of kernels, decoupled from the gradient (AdamW). Default 0. */
  weightDecay?: number;
  /** 0…1: how much of the averaged weights each update keeps. 0 (default) averages nothing. */
  ema?: number;
}

/** Figures of one step, with dropout at work. */
export interface StepFigures {
  loss: number;
  /** Of a recogniser. */
  accuracy?: number;
  /** L2 norm of the whole gradient, before clipping. */
  gradientNorm: number;
}

/** Everything that makes a learner go on as if it had never stopped: vectors of all weights or of the trained ones. */
export interface LearnerState {
  weights: Float32Array;
  mean: Float32Array;
  square: Float32Array;
  /** There where weights are averaged. */
  average?: Float32Array;
  /** How often each dropout layer has drawn a mask. */
  dropoutSteps: number[];
}

/** A model that learns: its gradient step, its optimiser and the moving average of its weights. */
export class Learner {
  readonly model: LayersModel;
  readonly objective: Objective;
  readonly #options: LearnerOptions;
  readonly #trained: FlatWeights;
  readonly #all: FlatWeights;
  readonly #adam: Adam;
  readonly #decayMask: tf.Tensor1D | undefined;
  readonly #masked: MaskedLayer[];
  #average: tf.Tensor1D | undefined; // of all weights, the moving statistics of normalisation too

  constructor(model: LayersModel, options: LearnerOptions = {}) {
    this.model = model;
    this.objective = objectives[options.task ?? 'recognition'];
    this.#masked = prepareForTraining(model, options.seed ?? 1);
    this.#options = options;
    this.#trained = new FlatWeights(model.trainableWeights);
    this.#all = new FlatWeights(model.weights);
    this.#decayMask = options.weightDecay ? this.#trained.kernelMask() : undefined;
    this.#adam = new Adam(this.#trained.size, { weightDecay: options.weightDecay, decayMask: this.#decayMask });
    this.#average = options.ema ? this.#all.read() : undefined;
  }

  /**
   * One update of the weights.
   *
   * @param update how many updates there are with this one, 1…
   */
  async step(batch: Batch, learningRate: number, update: number): Promise<StepFigures> {
    const figures = tf.tidy(() => {
      const { loss, accuracy, gradient } = this.#gradient(batch);
      const norm = tf.norm(gradient);
      const { clipNorm } = this.#options;
      const clipped = clipNorm ? tf.mul(gradient, tf.div(clipNorm, tf.maximum(norm, clipNorm))) : gradient;
      const weights = this.#trained.read();
      this.#trained.write(this.#adam.update(weights, clipped as tf.Tensor1D, learningRate, update));
      this.#followAverage(update);
      const all = tf.stack([loss, norm, ...(accuracy ? [accuracy] : [])]);
      accuracy?.dispose(); // kept over the end of the gradient's own tidy
      return all;
    });
    const [loss, gradientNorm, accuracy] = await figures.data();
    figures.dispose();
    return { loss, accuracy, gradientNorm };
  }

  /** Does something with the averaged weights in the model, where they are averaged, and puts the others back. */
  async withAveragedWeights<Result>(work: () => Promise<Result>): Promise<Result> {
    if (!this.#average) return work();
    const own = this.#all.read();
    this.#all.write(this.#average);
    try {
      return await work();
    } finally {
      this.#all.write(own);
      own.dispose();
    }
  }

  /** Asked besides the loss, which stays finite on wasm: its ReLU, max and clip answer a number for NaN. */
  async hasFiniteWeights(): Promise<boolean> {
    const sum = tf.tidy(() => tf.sum(tf.abs(this.#all.read())));
    const [value] = await sum.data();
    sum.dispose();
    return Number.isFinite(value);
  }

  /** All weights that are in the model now, as one vector. */
  weights(): Promise<Float32Array> {
    return this.#all.values();
  }

  setWeights(values: Float32Array): void {
    this.#all.setValues(values);
  }

  /** Numbers in all weights together. */
  get size(): number {
    return this.#all.size;
  }

  async state(): Promise<LearnerState> {
    return {
      weights: await this.#all.values(),
      ...(await this.#adam.state()),
      ...(this.#average ? { average: (await this.#average.data()) as Float32Array } : {}),
      dropoutSteps: this.#masked.map(({ step }) => step),
    };
  }

  restore({ weights, mean, square, average, dropoutSteps }: LearnerState): void {
    this.#all.setValues(weights);
    this.#adam.restore({ mean, square });
    if (average) this.#setAverage(tf.tensor1d(average));
    for (const [i, layer] of this.#masked.entries()) layer.step = dropoutSteps[i];
  }

  dispose(): void {
    this.#adam.dispose();
    tf.dispose([this.#decayMask, this.#average].filter((tensor) => tensor !== undefined));
  }

  #gradient({ examples, features, targets }: Batch): {
    loss: tf.Scalar;
    accuracy?: tf.Scalar;
    gradient: tf.Tensor1D;
  } {
    const [, ...shape] = this.model.inputs[0].shape as number[];
    const x = tf.tensor(features, [examples, ...shape]);
    const y = tf.tensor2d(targets, [examples, targets.length / examples]);
    const { variables } = this.#trained;
    let accuracy: tf.Scalar | undefined;
    const { value, grads } = tf.variableGrads(() => {
      const output = this.model.apply(x, { training: true }) as tf.Tensor;
      const figures = this.objective.ofBatch(output, { features: x, targets: y }, this.#options.classWeights);
      accuracy = figures.accuracy && tf.keep(figures.accuracy);
      return figures.loss;
    }, variables);
    // A bias that training leaves out, in front of batch normalisation, has no gradient: it is zero.
    const gradient = flatten(variables.map((variable) => grads[variable.name] ?? tf.zerosLike(variable)));
    return { loss: value, accuracy, gradient };
  }

  /**
   * In the first updates the average follows sooner, min(decay, (1 + n) / (10 + n)), as in TensorFlow's
   * ExponentialMovingAverage: the initial weights have no say in it for long. By differences, so that the average of
   * what does not change is that, to the bit.
   */
  #followAverage(update: number): void {
    if (!this.#average || !this.#options.ema) return;
    const decay = Math.min(this.#options.ema, (1 + update) / (10 + update));
    const average = this.#average;
    const followed = tf.tidy(() => tf.sub(average, tf.mul(tf.sub(average, this.#all.read()), 1 - decay)));
    this.#setAverage(followed as tf.Tensor1D);
  }

  #setAverage(average: tf.Tensor1D): void {
    this.#average?.dispose();
    this.#average = tf.keep(average);
  }
}
