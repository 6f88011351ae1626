import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { io } from '@tensorflow/tfjs-core';
import { type LayersModel, loadLayersModel } from '@tensorflow/tfjs-layers';
import { writeDurably } from './write-durably.js';

const topologyFile = 'model.json';
const weightsFile = 'weights.bin';

/**
 * Writes a model as TensorFlow.js' layers format, `model.json` and `weights.bin`, on whatever backend is active.
 * Each file is whole or not there; weights first, so a `model.json` always has its weights beside it.
 */
export async function saveModel(model: LayersModel, folder: string): Promise<void> {
  const artifacts = await artifactsOf(model);
  await mkdir(folder, { recursive: true });
  await writeDurably(join(folder, weightsFile), Buffer.from(artifacts.weightData as ArrayBuffer));
  const description: io.ModelJSON = {
    format: 'layers-model',
    generatedBy: artifacts.generatedBy,
    convertedBy: null,
    modelTopology: artifacts.modelTopology as object,
    weightsManifest: [{ paths: [weightsFile], weights: artifacts.weightSpecs ?? [] }],
  };
  await writeDurably(join(folder, topologyFile), JSON.stringify(description));
}

/** The model's topology and weights as data: what is saved, and what the exporter reads. */
export async function artifactsOf(model: LayersModel): Promise<io.ModelArtifacts> {
  let artifacts: io.ModelArtifacts | undefined;
  await model.save(
    io.withSaveHandler(async (saved) => {
      artifacts = saved;
      return { modelArtifactsInfo: { dateSaved: new Date(), modelTopologyType: 'JSON' } };
    }),
  );
  return artifacts!;
}

/**
 * Reads `model.json` and the weights that it names, which may be in several files.
 *
 * @throws Error that names the file which is missing, unreadable or of the wrong size
 */
export async function readArtifacts(folder: string): Promise<io.ModelArtifacts> {
  const path = join(folder, topologyFile);
  const description = parseModelJson((await readWhole(path)).toString('utf8'), path);
  const manifest = description.weightsManifest;
  const parts = await Promise.all(
    manifest.flatMap((group) => group.paths).map((name) => readWhole(join(folder, name))),
  );
  const weightSpecs = manifest.flatMap((group) => group.weights);
  const weights = Buffer.concat(parts);
  const expected = weightSpecs.reduce((bytes, spec) => bytes + bytesOf(spec), 0);
  if (weights.length !== expected)
    throw new Error(`${folder}: the weights are ${weights.length} bytes, ${topologyFile} describes ${expected}`);
  const weightData = weights.buffer.slice(weights.byteOffset, weights.byteOffset + weights.length) as ArrayBuffer;
  return { modelTopology: description.modelTopology, weightSpecs, weightData, format: description.format };
}

/** The model of a folder, on the active backend. */
export async function loadModel(folder: string): Promise<LayersModel> {
  return loadLayersModel(io.fromMemory(await readArtifacts(folder)));
}

function parseModelJson(text: string, path: string): io.ModelJSON {
  let description: io.ModelJSON;
  try {
    description = JSON.parse(text);
  } catch {
    throw new SyntaxError(`${path}: is not JSON; supported: a TensorFlow.js layers model`);
  }
  if (!description?.modelTopology || !Array.isArray(description.weightsManifest))
    throw new TypeError(`${path}: has no modelTopology and weightsManifest; supported: a TensorFlow.js layers model`);
  return description;
}

function bytesOf({ shape, dtype, quantization }: io.WeightsManifestEntry): number {
  const sizes: Record<string, number> = {
    float32: 4,
    int32: 4,
    bool: 1,
    uint8: 1,
    uint16: 2,
    float16: 2,
    complex64: 8,
  };
  return shape.reduce((a, b) => a * b, 1) * sizes[quantization?.dtype ?? dtype];
}

async function readWhole(path: string): Promise<Buffer> {
  try {
    return await readFile(path);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    throw new Error(
      `${path}: ${code === 'ENOENT' ? 'is missing' : `can't be read (${code})`}; supported: a TensorFlow.js layers model with its weights`,
    );
  }
}
