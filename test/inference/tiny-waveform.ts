import { encodeModelMetadata } from '../../inference/node.js';
import type { Precision, ToOnnxOptions } from '../../onnx/index.js';
import { frontEndArrays } from '../../pipeline/features/index.js';
import { exported } from '../onnx/exported.js';
import { tinyMetadata, tinyModel } from './tiny.js';

/** The tiny model with its front end in the file; `strings` replace what the metadata says. */
export async function tinyWaveformFile(
  strings: Record<string, string> = {},
  { metadata = tinyMetadata, logits = false, precision = 'fp32' as Precision } = {},
): Promise<Uint8Array> {
  const { featureSpec, normalisation } = metadata;
  const outputs: ToOnnxOptions['outputs'] = logits
    ? { logits: { layer: 'tiny', beforeSoftmax: true } }
    : { probabilities: 'tiny' };
  const described = { ...metadata, input: 'waveform' as const, ...(logits && { output: 'logits' as const }) };
  return exported(tinyModel(featureSpec), {
    frontEnd: frontEndArrays(featureSpec, normalisation),
    precision,
    inputName: logits ? 'input_values' : undefined,
    outputs,
    metadata: { ...encodeModelMetadata(described), ...strings },
  });
}
