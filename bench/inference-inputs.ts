import { execFileSync } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { encodeModelMetadata, type ModelMetadata } from '../inference/node.js';
import { architectureNamed } from '../models/index.js';
import { artifactsFrom, toOnnx } from '../onnx/index.js';
import { decodeAudio, encodeWav, mixToMono, resample } from '../pipeline/audio/index.js';
import {
  openSynthetic,
  type SyntheticSource,
  synthesise,
  syntheticSampleRateHz,
} from '../pipeline/datasets/synthetic.js';
import {
  FEATURE_VERSION,
  featurePresets,
  featureShape,
  firstChunk,
  frontEndArrays,
} from '../pipeline/features/index.js';
import { openBackend } from '../pipeline/training/backends/index.js';
import { onnxOfRun } from '../pipeline/workflows/export-run.js';

const CLIP_SECONDS = 3;
const inputs = ['features', 'waveform'] as const;

/** A run as both kinds of file, in `folder`; without one the report's CNN with weights that were never trained. */
export async function writeModels(folder: string, run?: string): Promise<Record<string, string>> {
  const paths: Record<string, string> = {};
  for (const input of inputs) {
    paths[input] = join(folder, `${input}.onnx`);
    const bytes = run === undefined ? await untrainedCnn(input) : (await onnxOfRun(run, { input })).bytes;
    await writeFile(paths[input], bytes);
  }
  return paths;
}

async function untrainedCnn(input: ModelMetadata['input']): Promise<Uint8Array> {
  await openBackend('cpu');
  const labels = ['neutral', 'calm', 'happy', 'sad', 'angry', 'fearful', 'disgust', 'surprised'];
  const featureSpec = firstChunk(featurePresets['paper-16k']);
  const shape = featureShape(featureSpec);
  const bands = shape[1];
  const normalisation = {
    kind: 'per-band' as const,
    mean: new Array<number>(bands).fill(1),
    deviation: new Array<number>(bands).fill(1),
  };
  const architecture = architectureNamed('cnn');
  const model = architecture.build({ shape, labels: labels.length, seed: 1 }, architecture.defaults);
  const { sampleRateHz } = featureSpec;
  const metadata = { labels, featureSpec, featureVersion: FEATURE_VERSION, sampleRateHz, normalisation, input };
  const bytes = toOnnx(await artifactsFrom(model), {
    inputName: input === 'waveform' ? 'samples' : 'features',
    outputNames: ['probabilities'],
    frontEnd: input === 'waveform' ? frontEndArrays(featureSpec, normalisation) : undefined,
    metadata: encodeModelMetadata(metadata),
  });
  model.dispose();
  return bytes;
}

/**
 * Three seconds of speech as files of several kinds, in `folder`: of a recording, or of synthetic voices.
 *
 * @param python writes FLAC, where it is given: nothing of ours does
 */
export async function writeClips(folder: string, recording?: string, python?: string): Promise<Record<string, string>> {
  const voice = recording === undefined ? syntheticSpeech() : await read(recording);
  const paths: Record<string, string> = {};
  for (const sampleRateHz of [48_000, 16_000]) {
    const samples = (await resample(voice.samples, voice.sampleRateHz, sampleRateHz)).slice(
      0,
      CLIP_SECONDS * sampleRateHz,
    );
    const name = `WAV ${sampleRateHz / 1000} kHz`;
    paths[name] = join(folder, `${sampleRateHz}.wav`);
    await writeFile(paths[name], encodeWav(samples, sampleRateHz));
  }
  if (python === undefined) return paths;
  const script = join(import.meta.dirname, '..', '..', 'bench', 'peers', 'write_flac.py');
  paths['FLAC 48 kHz'] = join(folder, '48000.flac');
  execFileSync(python, [script, paths['WAV 48 kHz'], paths['FLAC 48 kHz']]);
  return paths;
}

async function read(path: string) {
  const { channels, sampleRateHz } = await decodeAudio(await readFile(path), path);
  const samples = mixToMono(channels);
  if (samples.length < CLIP_SECONDS * sampleRateHz)
    throw new RangeError(
      `${path}: ${(samples.length / sampleRateHz).toFixed(2)} s, at least ${CLIP_SECONDS} are needed`,
    );
  return { samples, sampleRateHz };
}

function syntheticSpeech() {
  const samples = new Float32Array(CLIP_SECONDS * syntheticSampleRateHz);
  let written = 0;
  for (const { source } of openSynthetic().clips) {
    if (written >= samples.length) break;
    const clip = synthesise(source as SyntheticSource).subarray(0, samples.length - written);
    samples.set(clip, written);
    written += clip.length;
  }
  return { samples, sampleRateHz: syntheticSampleRateHz };
}
