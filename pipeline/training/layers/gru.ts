import * as tf from '@tensorflow/tfjs-core';
import type { layers } from '@tensorflow/tfjs-layers';
import { fusedKernels, hasKernel, runKernel } from './kernels.js';

/** What is read of tfjs' GRU, whose cell's fields are not exported. */
interface Gru extends layers.Layer {
  readonly cell: {
    readonly kernel: { read(): tf.Tensor2D };
    readonly recurrentKernel: { read(): tf.Tensor2D };
    readonly bias?: { read(): tf.Tensor1D };
  };
}

/**
 * A GRU with the usual gates (tanh, sigmoid, a bias, no dropout of its own) takes one kernel a time step and one for its
 * gradient instead of twenty, and the gradient of its weights from all steps at once: the same numbers, several times sooner, in
 * predictions too. Where it is given a state or a mask it computes as the stock layer does.
 */
export function fuseGru(layer: layers.Layer): boolean {
  const { activation, recurrentActivation, useBias, dropout, recurrentDropout, goBackwards, returnState, stateful } =
    layer.getConfig();
  const usual = activation === 'tanh' && recurrentActivation === 'sigmoid' && useBias && !dropout && !recurrentDropout;
  if (!usual || goBackwards || returnState || stateful || !hasKernel(fusedKernels.gruStep)) return false;
  const { returnSequences } = layer.getConfig();
  const stock = layer.call.bind(layer);
  layer.call = (inputs, kwargs) => {
    const [x, ...states] = [inputs].flat();
    if (kwargs?.mask || states.length > 0) return stock(inputs, kwargs);
    const { kernel, recurrentKernel, bias } = (layer as Gru).cell;
    const sequence = gru(x as tf.Tensor3D, kernel.read(), recurrentKernel.read(), bias!.read());
    return returnSequences ? sequence : tf.squeeze(tf.slice(sequence, [0, x.shape[1]! - 1], [-1, 1]), [1]);
  };
  return true;
}

/**
 * @param x (examples, steps, features)
 * @param kernel (features, 3 units), gates z, r, h
 * @param recurrent (units, 3 units)
 * @param bias (3 units)
 * @returns (examples, steps, units)
 */
function gru(x: tf.Tensor3D, kernel: tf.Tensor2D, recurrent: tf.Tensor2D, bias: tf.Tensor1D): tf.Tensor3D {
  const run = tf.customGrad((...given) => {
    const [x, kernel, recurrent, bias] = given as unknown as [tf.Tensor3D, tf.Tensor2D, tf.Tensor2D, tf.Tensor1D];
    const save = given[4] as unknown as tf.GradSaveFunc;
    const weights = blockWeights(kernel, recurrent, bias);
    const steps = tf.unstack(tf.transpose(x, [1, 0, 2]));
    const gates: tf.Tensor[][] = []; // (steps)(r, u, c, h), each (examples, units)
    let h: tf.Tensor = tf.zeros([x.shape[0], recurrent.shape[0]]);
    for (const step of steps) {
      const outputs = runKernel(fusedKernels.gruStep, { x: step, h, ...weights });
      gates.push(outputs);
      h = outputs[3];
    }
    const [r, u, c, sequence] = [0, 1, 2, 3].map((i) => tf.stack(gates.map((outputs) => outputs[i])));
    save([x, kernel, recurrent, bias, r, u, c, sequence]);
    return {
      value: tf.transpose(sequence, [1, 0, 2]),
      gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => gradient(dy as tf.Tensor3D, saved),
    };
  });
  return run(x, kernel, recurrent, bias) as tf.Tensor3D;
}

/** The gradients of x, kernel, recurrent and bias. Gates are (steps, examples, units). */
function gradient(dy: tf.Tensor3D, [x, kernel, recurrent, bias, r, u, c, sequence]: tf.Tensor[]): tf.Tensor[] {
  const weights = blockWeights(kernel as tf.Tensor2D, recurrent as tf.Tensor2D, bias as tf.Tensor1D);
  const [examples, , features] = x.shape;
  const units = recurrent.shape[0];
  const timeMajor = tf.transpose(x, [1, 0, 2]);
  const zero = tf.zeros([1, examples, units]);
  const before = tf.concat([zero, tf.slice(sequence, [0], [sequence.shape[0] - 1])]); // h of the step before
  const [xs, hs, rs, us, cs, dys] = [timeMajor, before, r, u, c, tf.transpose(dy, [1, 0, 2])].map((values) =>
    tf.unstack(values),
  );
  const perStep: tf.Tensor[][] = [];
  let carried: tf.Tensor = tf.zeros([examples, units]);
  for (let t = xs.length - 1; t >= 0; t--) {
    const inputs = { x: xs[t], h: hs[t], ...weights, r: rs[t], u: us[t], c: cs[t] };
    const outputs = runKernel(fusedKernels.gruStepGradient, { ...inputs, dh: tf.add(dys[t], carried) });
    perStep[t] = outputs;
    carried = outputs[1];
  }
  const [dx, , dCandidate, dGates] = [0, 1, 2, 3].map((i) => tf.stack(perStep.map((outputs) => outputs[i])));
  const rows = (values: tf.Tensor) => tf.reshape(values, [-1, values.shape[2]!]) as tf.Tensor2D;
  const seenByGates = rows(tf.concat([timeMajor, before], 2));
  const seenByCandidate = rows(tf.concat([timeMajor, tf.mul(r, before)], 2));
  const dRu = tf.matMul(seenByGates, rows(dGates), true); // (features + units, 2 units), gates r, u
  const dC = tf.matMul(seenByCandidate, rows(dCandidate), true);
  const dBias = [tf.sum(rows(dGates), 0), tf.sum(rows(dCandidate), 0)];
  const gate = (from: tf.Tensor, i: number) => tf.slice(from, [0, i * units], [-1, units]);
  const all3 = tf.concat([gate(dRu, 1), gate(dRu, 0), dC], 1); // back to z, r, h
  const [dr, dz] = tf.split(dBias[0], 2);
  return [
    tf.transpose(dx, [1, 0, 2]),
    tf.slice(all3, [0, 0], [features, -1]),
    tf.slice(all3, [features, 0], [-1, -1]),
    tf.concat([dz, dr, dBias[1]]),
  ];
}

/** z, r, h → as the kernel takes them: gates r and u (z) together, the candidate c (h), input above recurrent weights. */
function blockWeights(kernel: tf.Tensor2D, recurrent: tf.Tensor2D, bias: tf.Tensor1D): Record<string, tf.Tensor> {
  const [z, r, h] = tf.split(tf.concat([kernel, recurrent]), 3, 1);
  const [bz, br, bh] = tf.split(bias, 3);
  return { wRu: tf.concat([r, z], 1), wC: h, bRu: tf.concat([br, bz]), bC: bh };
}
