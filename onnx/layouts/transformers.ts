import type { Port } from '../describe.js';
import type { Folder } from './folder.js';
import { modelCard } from './model-card.js';
import { portsOf } from './ports.js';

export interface TransformersOptions {
  /** An `.onnx` file that takes `input_values` (batch, samples) and gives `logits` (batch, labels), both float32. */
  model: Uint8Array;
  /** In the order of the logits. */
  labels: readonly string[];
  /** Rate that samples must have, Hz. */
  sampleRateHz: number;
  /** Precision of the model, which decides the file's name. Default fp32. */
  precision?: 'fp32' | 'fp16' | 'int8';
  /** Heading of the README. Default: Speech emotion recognition. */
  title?: string;
  /** Licence of the data that the weights were made from, and whom it demands to be named; for the README. */
  dataLicence?: string;
  attribution?: string;
  /** Paragraphs more for the README. */
  notes?: readonly string[];
}

/** What transformers.js looks for with each `dtype`. */
const files = { fp32: 'onnx/model.onnx', fp16: 'onnx/model_fp16.onnx', int8: 'onnx/model_int8.onnx' } as const;

/**
 * A folder that transformers.js loads, `pipeline('audio-classification', folder)`: it takes the model for a wav2vec 2.0, whose
 * samples come raw, and answers with the softmax of the logits. With a README that says how, from JavaScript and from
 * Python with onnxruntime.
 *
 * @throws RangeError where the file takes or gives anything else, or the labels are not as many as the logits
 * Source: transformers.js 4.3.1, AudioClassificationPipeline and Wav2Vec2FeatureExtractor.
 */
export function transformersFolder(options: TransformersOptions): Folder {
  const { model, labels, sampleRateHz, precision = 'fp32' } = options;
  const { inputs, outputs } = portsOf(model);
  assertPort('takes', inputs, 'input_values', undefined);
  assertPort('gives', outputs, 'logits', labels.length);
  if (new Set(labels).size !== labels.length) throw new RangeError('labels must be different');
  const path = files[precision];
  const config = {
    model_type: 'wav2vec2',
    architectures: ['Wav2Vec2ForSequenceClassification'],
    num_labels: labels.length,
    id2label: Object.fromEntries(labels.map((label, i) => [i, label])),
    label2id: Object.fromEntries(labels.map((label, i) => [label, i])),
  };
  const preprocessor = {
    feature_extractor_type: 'Wav2Vec2FeatureExtractor',
    feature_size: 1,
    sampling_rate: sampleRateHz,
    padding_value: 0,
    do_normalize: false,
    return_attention_mask: false,
  };
  return {
    'config.json': json(config),
    'preprocessor_config.json': json(preprocessor),
    [path]: model,
    'README.md': modelCard({ ...options, path, precision }),
  };
}

const json = (value: object): string => `${JSON.stringify(value, null, 2)}\n`;

function assertPort(verb: string, ports: readonly Port[], name: string, columns: number | undefined): void {
  const [port, ...others] = ports;
  const fits =
    others.length === 0 &&
    port?.name === name &&
    port.type === 'float' &&
    port.shape.length === 2 &&
    (columns === undefined ? port.shape.every((size) => typeof size === 'string') : port.shape[1] === columns);
  if (fits) return;
  const found = ports.map((other) => `${other.name} (${other.shape.join(' × ')} of ${other.type})`).join(', ');
  throw new RangeError(
    `the model ${verb} ${found}; transformers.js needs ${name} (batch × ${columns ?? 'samples'} of float), and nothing else`,
  );
}
