import { float, floatTensor, type Value } from '../graph.js';
import { channelsFirst, channelsLast } from '../layout.js';
import type { OpConverter, OpScope } from './op-scope.js';

/**
 * FusedBatchNorm, V2 and V3, in inference → BatchNormalization (ai.onnx 15) along the channels; the mean and the variance
 * that follow the first output are those that went in, as in TensorFlow (tfjs has the first output alone).
 *
 * Deviation: in NCHW tfjs takes the last axis for the channels; the file computes what TensorFlow defines.
 */
const convertFusedBatchNorm: OpConverter = (op) => {
  const x = op.tensor('x');
  const [scale, offset, mean, variance] = ['scale', 'offset', 'mean', 'variance'].map((name) => op.tensor(name));
  const first = /^NC/i.test(op.text('dataFormat'));
  const rank = x.shape.length;
  const moved = first ? x : op.transpose(x, channelsFirst(rank));
  const parameters = [scale, offset, mean, variance].map((value) => perChannel(op, value, moved));
  const attributes = { epsilon: float(op.number('epsilon')) };
  const normalised = op.emit('BatchNormalization', [moved, ...parameters], attributes);
  return [first ? normalised : op.transpose(normalised, channelsLast(rank)), mean, variance];
};

/** tfjs broadcasts parameters of one element; ONNX wants one a channel. */
function perChannel(op: OpScope, value: Value, x: Value): Value {
  if (value.shape.length === 1 && (value.shape[0] !== 1 || x.shape[1] === 1)) return value;
  const channels = op.emit('Shape', [x], { start: 1, end: 2 });
  return op.emit('Expand', [value, channels]);
}

/**
 * LRN → LRN (ai.onnx 13) over the last axis: x / (bias + alpha · Σ x²)^beta over 2 · radius + 1 channels. ONNX divides alpha
 * by that number of channels, so it is given multiplied by it.
 */
const convertLrn: OpConverter = (op) => {
  const x = op.tensor('x');
  const rank = x.shape.length;
  if (rank !== 4 && rank !== 3) throw op.refusal(`an input of ${rank} axes`, '3 and 4');
  const size = 2 * op.number('radius') + 1;
  const attributes = {
    size,
    alpha: float(op.number('alpha') * size),
    beta: float(op.number('beta')),
    bias: float(op.number('bias')),
  };
  const batched = rank === 3 ? op.emit('Unsqueeze', [x, op.ints('batch_axis', [0])]) : x;
  const moved = op.transpose(batched, channelsFirst(4));
  const y = op.transpose(op.emit('LRN', [moved], attributes), channelsLast(4));
  return rank === 3 ? op.emit('Squeeze', [y, op.ints('batch_axis', [0])]) : y;
};

/** EuclideanNorm → ReduceL2 (ai.onnx 13) over the axes, all of them where none is named. */
const convertEuclideanNorm: OpConverter = (op) => {
  const x = op.tensor('x');
  const axes = op.numbers('axis').map((axis) => op.axis(axis, x.shape.length));
  if (axes.length === 0) return x.shape.length === 0 ? op.emit('Abs', [x]) : x;
  return op.emit('ReduceL2', [x], { axes: [...new Set(axes)], keepdims: op.boolean('keepDims') ? 1 : 0 });
};

/** Softmax, LogSoftmax (ai.onnx 13) over the last axis. */
const alongLast =
  (name: 'Softmax' | 'LogSoftmax'): OpConverter =>
  (op) => {
    const x = op.tensor(op.operation.inputs[0].name);
    if (x.shape.length === 0)
      return op.graph.constant(`${op.name}/${name}`, floatTensor([], [name === 'Softmax' ? 1 : 0]));
    return op.emit(name, [op.cast(x, 'float32')], { axis: x.shape.length - 1 });
  };

export const normalizationConverters = {
  EuclideanNorm: convertEuclideanNorm,
  FusedBatchNorm: convertFusedBatchNorm,
  FusedBatchNormV2: convertFusedBatchNorm,
  FusedBatchNormV3: convertFusedBatchNorm,
  LogSoftmax: alongLast('LogSoftmax'),
  LRN: convertLrn,
  Softmax: alongLast('Softmax'),
} satisfies Record<string, OpConverter>;
