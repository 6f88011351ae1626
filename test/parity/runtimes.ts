import { load, type Provider } from '../../inference/node.js';
import { type Precision, precisions } from '../../onnx/index.js';
import type { BackendName } from '../../pipeline/training/backends/backend.js';
import { openBackend } from '../../pipeline/training/backends/index.js';
import { type ExportInput, exportInputs } from '../../pipeline/workflows/export-options.js';
import type { Need } from '../support/what-is-here.js';
import { browserRuntimes } from './browser-runtimes.js';
import { pythonAnswers } from './python-runtime.js';
import { clipRateHz, type SpokenClip } from './spoken-clips.js';
import { type Subject, tfjsProbabilities } from './subject.js';
import { transformersAnswers } from './transformers-runtime.js';

/** Which file of a subject: what goes in, and how it computes. */
export interface FileKind {
  input: ExportInput;
  precision: Precision;
}

/** Something that answers for clips, by a file or by tfjs itself. */
export interface Runtime {
  name: string;
  /** Whether a GPU computes, or what takes its place. */
  gpu: boolean;
  /** Beyond Node. */
  need?: Need;
  kinds: readonly FileKind[];
  /** Probabilities (clips, labels). */
  answer(subject: Subject, kind: FileKind, clips: readonly SpokenClip[]): Promise<Float32Array>;
}

const every = (inputs: readonly ExportInput[]): FileKind[] =>
  inputs.flatMap((input) => precisions.map((precision) => ({ input, precision })));

const tfjs = (backend: BackendName, need?: Need): Runtime => ({
  ...{ name: `tfjs ${backend}`, gpu: false, need, kinds: [{ input: 'features', precision: 'fp32' }] },
  async answer(subject, _kind, clips) {
    await openBackend(backend);
    return tfjsProbabilities(subject, clips);
  },
});

const node = (provider: Exclude<Provider, 'auto'>, need?: Need): Runtime => ({
  ...{ name: `onnxruntime-node ${provider}`, gpu: provider !== 'cpu', need, kinds: every(exportInputs) },
  async answer(subject, { input, precision }, clips) {
    const recognizer = await load(await subject.file(input, precision), { provider });
    try {
      const rows: number[] = [];
      for (const { samples } of clips) {
        const { probabilities } = await recognizer.classify(samples, { sampleRateHz: clipRateHz });
        rows.push(...subject.labels.map((label) => probabilities[label]));
      }
      return Float32Array.from(rows);
    } finally {
      await recognizer.dispose();
    }
  },
});

/** What everything is held against: TensorFlow.js in plain JavaScript. */
export const reference = tfjs('cpu');

/** Everything else that can answer. */
export const runtimes: readonly Runtime[] = [
  tfjs('wasm'),
  tfjs('tensorflow', 'tensorflow'),
  node('cpu'),
  node('cuda', 'cuda'),
  node('webgpu', 'webgpu'),
  ...browserRuntimes.map((runtime) => ({ ...runtime, kinds: every(exportInputs) })),
  {
    ...{ name: 'onnxruntime in Python, cpu', gpu: false, need: 'python-onnxruntime' },
    kinds: every(['waveform']),
    answer: pythonAnswers,
  },
  {
    ...{ name: 'transformers.js', gpu: false, need: 'transformers-js' },
    kinds: every(['waveform']),
    answer: transformersAnswers,
  },
];
