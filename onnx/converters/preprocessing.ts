import { dataTypeCodes, tensorOf } from '../element-types.js';
import { floatTensor, intTensor, type Value } from '../graph.js';
import { range } from '../layout.js';
import type { LayerConverter, LayerScope } from './layer-scope.js';

/** x · scale + offset, each one number, or one for each element of the last axis. */
export const convertRescaling: LayerConverter = (layer) => {
  const { input: x } = layer;
  const scaled = layer.add('Mul', [x, numbers(layer, 'scale')], x.shape);
  return (layer.config.get('offset') ?? 0) === 0
    ? scaled
    : layer.add('Add', [scaled, numbers(layer, 'offset')], x.shape);
};

function numbers(layer: LayerScope, key: string): Value {
  const given = layer.config.get(key);
  if (!Array.isArray(given)) return layer.scalar(key, layer.config.number(key));
  return layer.constant(key, () => floatTensor([given.length], given));
}

/**
 * CategoryEncoding → comparison with every category, over the elements of each example:
 * x (batch, n) → Unsqueeze (batch, n, 1) → Equal 0 … num_tokens − 1 → (batch, n, num_tokens), then
 * multiHot: ReduceMax, count: ReduceSum over n; oneHot: n is 1. `int` leaves whole numbers as they are.
 *
 * Deviation: for numbers beyond the categories tfjs stops; the file counts them to none.
 *
 * @throws TypeError for tfIdf, whose weights tfjs takes at each call and ONNX files have no place for
 */
export const convertCategoryEncoding: LayerConverter = (layer) => {
  const { input: x, config } = layer;
  const mode = config.oneOf('output_mode', ['multiHot', 'oneHot', 'count', 'int'], 'multiHot');
  const whole = x.type === 'int32' ? x : layer.add('Cast', [x], x.shape, { to: dataTypeCodes.int32 });
  if (mode === 'int') return whole;
  const oneEach = mode === 'oneHot' && (x.shape.length === 1 || x.shape[1] === 1);
  if (x.shape.length !== (x.shape.length === 1 && oneEach ? 1 : 2) || (mode === 'oneHot' && !oneEach))
    throw layer.refusal(`${mode} of an input (${x.shape.join(', ')})`, '(batch, n); oneHot: (batch, 1) or (batch)');

  const count = config.number('num_tokens');
  const categories = layer.constant('categories', () => tensorOf('int32', [count], range(0, count)));
  const shape = [...x.shape, count];
  const last = layer.constant('last', () => intTensor([-1]));
  const equal = layer.add('Equal', [layer.add('Unsqueeze', [whole, last], [...x.shape, 1]), categories], shape);
  const hits = layer.add('Cast', [equal], shape, { to: dataTypeCodes.float32 });
  if (x.shape.length === 1) return hits;
  if (mode !== 'count') return layer.add('ReduceMax', [hits], [x.shape[0], count], { axes: [1], keepdims: 0 });
  const axis = layer.constant('axis1', () => intTensor([1]));
  return layer.add('ReduceSum', [hits, axis], [x.shape[0], count], { keepdims: 0 });
};
