import { float, type Value } from '../graph.js';
import type { OpScope } from './op-scope.js';

/** What a fused operation does after its product: `fused_ops` of ['BiasAdd', 'Relu'], and the inputs for it. */
export interface Fused {
  readonly bias?: Value;
  /** In small letters; '' for none. */
  readonly activation: string;
  /** The slope of Prelu, in the layout of the output. */
  readonly slope?: Value;
}

/**
 * Reads `fused_ops` and the inputs that go with it, as tfjs does: the first says whether there is a bias, the second is
 * the activation.
 *
 * @throws TypeError for a fused batch normalisation, which tfjs does not run either
 */
export function fusedOf(op: OpScope): Fused {
  const [first = '', activation = ''] = op.texts('fusedOps').map((name) => name.toLowerCase());
  if (first === 'fusedbatchnorm' || first === 'fusedbatchnormv3')
    throw op.refusal('a batch normalisation fused into it', 'BiasAdd and activations, as in TensorFlow.js');
  const args = op.tensors('args');
  const biased = first === 'biasadd';
  const [bias, slope] = biased ? args : [undefined, ...args];
  if (biased && !bias) throw new SyntaxError(`${op.subject}: the bias of its BiasAdd is missing`);
  return { bias, activation: biased ? activation : activation || first, slope };
}

/**
 * The activation of a fused operation over its product. `slope` must broadcast to `y` as it stands.
 *
 * The slope of LeakyRelu is 0.2 where the node does not say, as TensorFlow has it; tfjs's fused depthwise convolution
 * does not read it at all and gives NaN below zero.
 */
export function activateFused(op: OpScope, y: Value, { activation, slope }: Fused): Value {
  switch (activation) {
    case '':
    case 'linear':
      return y;
    case 'relu':
      return op.emit('Relu', [y]);
    case 'relu6':
      return op.emit('Clip', [y, op.like(y, 'low', 0), op.like(y, 'high', 6)]);
    case 'elu':
      return op.emit('Elu', [y]);
    case 'sigmoid':
      return op.emit('Sigmoid', [y]);
    case 'leakyrelu': {
      const alpha = op.attribute('leakyreluAlpha');
      return op.emit('LeakyRelu', [y], { alpha: float(typeof alpha === 'number' ? alpha : 0.2) });
    }
    case 'prelu':
      if (!slope) throw new SyntaxError(`${op.subject}: the slope of its Prelu is missing`);
      return op.emit('PRelu', [y, slope]);
    default:
      throw op.refusal(`activation ${JSON.stringify(activation)}`, 'relu, relu6, elu, sigmoid, prelu, leakyrelu');
  }
}
