import { basename, dirname } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { encodeModelMetadata } from '../../inference/metadata.js';
import { architectureNamed, type ModelOptions } from '../../models/index.js';
import { type Precision, toOnnx } from '../../onnx/index.js';
import { readRunConfig, readRunScores } from '../../pipeline/experiments/run-folder.js';
import {
  extractFeatures,
  type FeatureSpec,
  featurePresets,
  featureShape,
  firstChunk,
  fitNormalisation,
  frontEndArrays,
  type Normalisation,
  normalise,
} from '../../pipeline/features/index.js';
import { atTemperature } from '../../pipeline/training/calibration.js';
import { modelShape } from '../../pipeline/training/dataset.js';
import { artifactsOf, loadModel } from '../../pipeline/training/model-folder.js';
import type { ExportInput } from '../../pipeline/workflows/export-options.js';
import { onnxOfRun } from '../../pipeline/workflows/export-run.js';
import { randomiseWeights } from '../onnx/exported.js';
import type { SpokenClip } from './spoken-clips.js';

/** A trained model as the parity suite sees it: in tfjs, and as every file that is exported of it. */
export interface Subject {
  name: string;
  labels: readonly string[];
  featureSpec: FeatureSpec;
  normalisation: Normalisation;
  model: LayersModel;
  /** By which the files divide the logits. */
  temperature: number;
  file(input: ExportInput, precision: Precision): Promise<Uint8Array>;
  /** Samples in, logits out, as transformers.js wants it. */
  logitsFile(precision: Precision): Promise<Uint8Array>;
}

/** A run folder: what a user trained. */
export async function trainedSubject(run: string): Promise<Subject> {
  const { corpus, featureSpec, normalisation } = await readRunConfig(run);
  const { calibration } = await readRunScores(run);
  return {
    name: basename(dirname(run)),
    labels: corpus.labels,
    featureSpec,
    normalisation,
    model: await loadModel(run),
    temperature: calibration?.temperature ?? 1,
    file: async (input, precision) => (await onnxOfRun(run, { input, precision })).bytes,
    logitsFile: async (precision) => (await onnxOfRun(run, { input: 'waveform', precision, logits: true })).bytes,
  };
}

/** An architecture with random weights, whose answers to these clips are as far apart as a trained model's. */
export async function builtSubject(
  architecture: string,
  { title, options }: { title: string; options: ModelOptions },
  clips: readonly SpokenClip[],
): Promise<Subject> {
  const { build, chunks } = architectureNamed(architecture);
  const featureSpec = chunks === 'first' ? firstChunk(featurePresets.quick) : featurePresets.quick;
  const { sampleRateHz } = featureSpec;
  const shape = featureShape(featureSpec);
  const raw = clips.map(({ samples }) => extractFeatures(samples, featureSpec).values);
  const normalisation = fitNormalisation(raw, shape);
  const labels = ['calm', 'angry', 'sad', 'happy'];
  const model = build({ shape, labels: labels.length, seed: 1 }, options);
  randomiseWeights(model, architecture);
  const described = { name: `${architecture}, ${title}`, labels, featureSpec, normalisation, model };
  spreadAnswers(model, await tfjsProbabilities({ ...described, temperature: 1 }, clips), labels.length);
  const temperature = 1.3;

  const artifacts = await artifactsOf(model);
  const about = { labels, featureSpec, featureVersion: 1 as const, sampleRateHz, normalisation, architecture };
  const frontEnd = frontEndArrays(featureSpec, normalisation);
  const metadata = (more: object) =>
    encodeModelMetadata({ ...about, ...more } as Parameters<typeof encodeModelMetadata>[0]);
  const small = (precision: Precision) => (precision === 'fp32' ? {} : { precision });
  return {
    ...{ ...described, temperature },
    file: async (input, precision) =>
      toOnnx(artifacts, {
        ...{ precision, frontEnd: input === 'waveform' ? frontEnd : undefined },
        ...{
          outputs: { probabilities: { layer: outputLayer, temperature } },
          metadata: metadata({ input, ...small(precision) }),
        },
      }),
    logitsFile: async (precision) =>
      toOnnx(artifacts, {
        ...{ precision, frontEnd, inputName: 'input_values' },
        outputs: { logits: { layer: outputLayer, temperature, beforeSoftmax: true } },
        metadata: metadata({ input: 'waveform', output: 'logits', ...small(precision) }),
      }),
  };
}

const outputLayer = 'probabilities';

/**
 * Random weights answer much the same to every clip, so that no label would be decided. The last layer's are centred over the
 * clips and stretched until log-probabilities deviate by 2 from clip to clip.
 */
function spreadAnswers(model: LayersModel, probabilities: Float32Array, labels: number): void {
  const clips = probabilities.length / labels;
  const logs = probabilities.map(Math.log);
  const mean = Array.from({ length: labels }, (_, label) =>
    Array.from({ length: clips }, (_, clip) => logs[clip * labels + label] / clips).reduce((a, b) => a + b),
  );
  const deviation = Math.sqrt(logs.reduce((sum, value, i) => sum + (value - mean[i % labels]) ** 2, 0) / logs.length);
  const layer = model.getLayer(outputLayer);
  const [kernel, bias] = layer.getWeights();
  layer.setWeights([tf.mul(kernel, 2 / deviation), tf.mul(tf.sub(bias, mean), 2 / deviation)]);
}

/** What tfjs answers on the active backend, from the features of each clip, one by one. */
export async function tfjsProbabilities(
  { model, labels, featureSpec, normalisation, temperature }: Omit<Subject, 'file' | 'logitsFile'>,
  clips: readonly SpokenClip[],
): Promise<Float32Array> {
  const shape = featureShape(featureSpec);
  const rows: number[] = [];
  for (const { samples } of clips) {
    const values = normalise(extractFeatures(samples, featureSpec).values, shape, normalisation);
    const output = tf.tidy(() => model.predict(tf.tensor(values, [1, ...modelShape(shape)])) as tf.Tensor);
    rows.push(...(await output.data()));
    output.dispose();
  }
  return atTemperature(Float32Array.from(rows), temperature, labels.length); // (clips, labels)
}
