import type { Value } from '../graph.js';
import type { OpScope } from './op-scope.js';

/** What a fused operation does after its product: `fused_ops` of ['BiasAdd', 'Relu'], and the inputs for it. */
export interface Fused {
  readonly bias?: Value;
  /** In small letters. */
  readonly activation?: string;
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
  const [first, activation] = op.texts('fusedOps').map((name) => name.toLowerCase());
  if (first === 'fusedbatchnorm' || first === 'fusedbatchnormv3')
    throw op.refusal('a batch normalisation fused into it', 'BiasAdd and activations, as in TensorFlow.js');
  const args = op.tensors('args');
  const biased = first === 'biasadd';
  const [bias, slope] = biased ? args : [undefined, ...args];
  if (biased && !bias) throw new SyntaxError(`${op.subject}: the bias of its BiasAdd is missing`);
  return { bias, activation: biased ? activation : (activation ?? first), slope };
}
