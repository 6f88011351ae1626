import { float, intTensor, type Value } from '../graph.js';
import type { LayerConverter, LayerScope } from './layer-scope.js';

type Activation = (layer: LayerScope, x: Value) => Value;

const unary =
  (op: string): Activation =>
  (layer, x) =>
    layer.add(op, [x], x.shape);

/** SELU's constants (Klambauer et al. 2017), as tfjs has them. */
const seluAlpha = 1.7580993408473768 / 1.0507009873554805;
const seluScale = 1.0507009873554805;

/**
 * tfjs's activations by name, as ONNX operators (spec of ai.onnx 17). Written out of simpler ones are those that
 * onnxruntime's WebGPU provider lacks (Selu, Softsign, LogSoftmax) and those that opset 17 lacks (Gelu, Mish).
 */
export const activations = {
  linear: (_layer, x) => x,
  relu: unary('Relu'),
  /** min(6, relu(x)) = clip(x, 0, 6) */
  relu6: (layer, x) => clip(layer, x, 0, 6),
  /** x > 0 ? x : e^x − 1 */
  elu: (layer, x) => layer.add('Elu', [x], x.shape, { alpha: float(1) }),
  /** scale · (x > 0 ? x : alpha · (e^x − 1)) */
  selu: (layer, x) => {
    const elu = layer.add('Elu', [x], x.shape, { alpha: float(seluAlpha) });
    return layer.add('Mul', [elu, layer.scalar('scale', seluScale)], x.shape);
  },
  sigmoid: unary('Sigmoid'),
  /** clip(x / 5 + 1 / 2, 0, 1) */
  hardSigmoid: (layer, x) => layer.add('HardSigmoid', [x], x.shape, { alpha: float(0.2), beta: float(0.5) }),
  /** ln(1 + e^x) */
  softplus: unary('Softplus'),
  /** x / (1 + |x|) */
  softsign: (layer, x) => {
    const magnitude = layer.add('Abs', [x], x.shape);
    const denominator = layer.add('Add', [magnitude, layer.scalar('one', 1)], x.shape);
    return layer.add('Div', [x, denominator], x.shape);
  },
  tanh: unary('Tanh'),
  softmax: (layer, x) => softmax(layer, x, x.shape.length - 1),
  /** x − max − ln Σ e^(x − max), over the last axis */
  logSoftmax: (layer, x) => {
    const axis = x.shape.length - 1;
    const one = [...x.shape.slice(0, -1), 1];
    const largest = layer.add('ReduceMax', [x], one, { axes: [axis], keepdims: 1 });
    const shifted = layer.add('Sub', [x, largest], x.shape);
    const powers = layer.add('Exp', [shifted], x.shape);
    const axes = layer.constant('axes', () => intTensor([axis]));
    const sum = layer.add('ReduceSum', [powers, axes], one, { keepdims: 1 });
    return layer.add('Sub', [shifted, layer.add('Log', [sum], one)], x.shape);
  },
  /** x · sigmoid(x) */
  swish: (layer, x) => layer.add('Mul', [x, layer.add('Sigmoid', [x], x.shape)], x.shape),
  /** x · tanh(softplus(x)) */
  mish: (layer, x) => {
    const softplus = layer.add('Softplus', [x], x.shape);
    return layer.add('Mul', [x, layer.add('Tanh', [softplus], x.shape)], x.shape);
  },
  /** x · (1 + erf(x / √2)) / 2 */
  gelu: (layer, x) => {
    const scaled = layer.add('Mul', [x, layer.scalar('rsqrt2', Math.SQRT1_2)], x.shape);
    return halfTimesOnePlus(layer, x, layer.add('Erf', [scaled], x.shape));
  },
  /** x · (1 + tanh(√(2/π) · (x + 0.044715 x³))) / 2 */
  geluNew: (layer, x) => {
    const square = layer.add('Mul', [x, x], x.shape);
    const cube = layer.add('Mul', [square, x], x.shape);
    const bent = layer.add('Mul', [cube, layer.scalar('cubic', 0.044715)], x.shape);
    const sum = layer.add('Add', [x, bent], x.shape);
    const scaled = layer.add('Mul', [sum, layer.scalar('sqrt2overPi', Math.sqrt(2 / Math.PI))], x.shape);
    return halfTimesOnePlus(layer, x, layer.add('Tanh', [scaled], x.shape));
  },
} satisfies Record<string, Activation>;

/** Applies the activation that a layer's configuration names (absent: none). */
export function activate(layer: LayerScope, x: Value): Value {
  const name = layer.config.oneOf('activation', Object.keys(activations) as (keyof typeof activations)[], 'linear');
  return activations[name](layer, x);
}

export const convertActivation: LayerConverter = (layer) => activate(layer, layer.input);

/**
 * relu(x), cut off at `max_value` where there is one.
 *
 * @throws TypeError for Keras's slope and threshold, which tfjs ignores
 */
export const convertReLU: LayerConverter = (layer) => {
  const { config } = layer;
  for (const key of ['negative_slope', 'threshold'])
    if (config.number(key, 0) !== 0)
      throw layer.refusal(`${key} ${config.number(key)}`, `${key} 0: tfjs computes without it whatever is said`);
  if (config.get('max_value') === undefined) return activations.relu(layer, layer.input);
  return clip(layer, layer.input, 0, config.number('max_value'));
};

/** x > theta ? x : 0 */
export const convertThresholdedReLU: LayerConverter = (layer) =>
  layer.add('ThresholdedRelu', [layer.input], layer.input.shape, { alpha: float(layer.config.number('theta', 1)) });

/** x > 0 ? x : alpha · x. tfjs's default is 0.3, ONNX's 0.01: always written. */
export const convertLeakyReLU: LayerConverter = (layer) =>
  layer.add('LeakyRelu', [layer.input], layer.input.shape, { alpha: float(layer.config.number('alpha', 0.3)) });

/** x > 0 ? x : alpha · (e^x − 1) */
export const convertELU: LayerConverter = (layer) =>
  layer.add('Elu', [layer.input], layer.input.shape, { alpha: float(layer.config.number('alpha', 1)) });

/** x > 0 ? x : slope · x, the slope (…input shape without batch, 1 on shared axes) broadcast over the batch. */
export const convertPReLU: LayerConverter = (layer) =>
  layer.add('PRelu', [layer.input, layer.constant('alpha', () => layer.weight('alpha'))], layer.input.shape);

/**
 * e^x / Σ e^x along `axis`, or along several together: e^(x − max) / Σ e^(x − max). tfjs's default axis is 1, not the
 * last.
 *
 * Deviation: tfjs 4.22 stops at one axis that is not the last; the file computes what Keras defines.
 */
export const convertSoftmax: LayerConverter = (layer) => {
  const { config } = layer;
  const x = withoutMasked(layer, layer.input);
  const given = config.get('axis');
  const axes = config.integers('axis', Array.isArray(given) ? given.length : 1, 1).map((axis) => layer.axis(axis));
  if (axes.length === 0) throw layer.refusal('an empty list of axes', 'one or more');
  if (axes.length === 1) return softmax(layer, x, axes[0]);
  const shape = x.shape.map((size, axis) => (axes.includes(axis) ? 1 : size));
  const largest = layer.add('ReduceMax', [x], shape, { axes, keepdims: 1 });
  const powers = layer.add('Exp', [layer.add('Sub', [x, largest], x.shape)], x.shape);
  const sum = layer.add('ReduceSum', [powers, layer.constant('axes', () => intTensor(axes))], shape, { keepdims: 1 });
  return layer.add('Div', [powers, sum], x.shape);
};

/** As tfjs does it, x − 1e9 where a mask says that an element does not count. */
function withoutMasked(layer: LayerScope, x: Value): Value {
  const mask = layer.maskOver(x.shape);
  if (!mask) return x;
  return layer.add('Where', [mask, x, layer.add('Sub', [x, layer.scalar('far', 1e9)], x.shape)], x.shape);
}

const softmax = (layer: LayerScope, x: Value, axis: number): Value => layer.add('Softmax', [x], x.shape, { axis });

function clip(layer: LayerScope, x: Value, low: number, high: number): Value {
  return layer.add('Clip', [x, layer.scalar('low', low), layer.scalar('high', high)], x.shape);
}

function halfTimesOnePlus(layer: LayerScope, x: Value, y: Value): Value {
  const half = layer.add('Mul', [x, layer.scalar('half', 0.5)], x.shape);
  return layer.add('Mul', [half, layer.add('Add', [y, layer.scalar('one', 1)], x.shape)], x.shape);
}
