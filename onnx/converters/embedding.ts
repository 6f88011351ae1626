import { dataTypeCodes } from '../element-types.js';
import type { LayerConverter } from './layer-scope.js';

/**
 * Embedding → Gather (ai.onnx 13) of rows: x (…) of whole numbers → (…, output_dim) by the table (input_dim,
 * output_dim). With `mask_zero` what is 0 is masked: masks.ts.
 *
 * Deviation: below 0 tfjs stops; the file counts from the end, as ONNX does.
 */
export const convertEmbedding: LayerConverter = (layer) => {
  const { input: x, config } = layer;
  const size = config.number('output_dim');
  const table = layer.constant('embeddings', () => layer.weight('embeddings', [config.number('input_dim'), size]));
  const indices = x.type === 'int32' ? x : layer.add('Cast', [x], x.shape, { to: dataTypeCodes.int32 });
  return layer.add('Gather', [table, indices], [...x.shape, size], { axis: 0 });
};
