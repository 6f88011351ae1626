import type { Value } from '../graph.js';
import { range } from '../layout.js';
import type { OpConverter, OpScope } from './op-scope.js';

/**
 * Sums of products by an equation such as `ab,bc->ac`, with `...` for axes that broadcast, a label twice for a diagonal,
 * and any number of tensors. Without an arrow the result has the labels that occur once, in alphabetical order.
 *
 * Deviation: tfjs 4.22 takes one or two tensors, an arrow and no ellipsis; the file computes what TensorFlow defines.
 */
export const einsum: OpConverter = (op) => {
  const equation = op.text('equation').replaceAll(' ', '');
  const terms = equation.split('->')[0].split(',');
  const tensors = op.tensors('tensors');
  if (terms.length !== tensors.length)
    throw new SyntaxError(`${op.subject}: equation "${equation}" is of ${terms.length} tensors, not ${tensors.length}`);
  return op.emit('Einsum', ofOneRank(op, terms, tensors), {
    equation: equation.includes('->') ? equation : `${equation}->${result(terms)}`,
  });
};

/** What `...` stands for must be as many axes in each tensor for ONNX: the fewer get more of size 1. */
function ofOneRank(op: OpScope, terms: readonly string[], tensors: readonly Value[]): Value[] {
  const others = terms.map((term, i) => tensors[i].shape.length - term.replace('...', '').length);
  const most = Math.max(...others.filter((_, i) => terms[i].includes('...')));
  return tensors.map((tensor, i) => {
    const before = terms[i].indexOf('...');
    if (before < 0 || others[i] === most) return tensor;
    return op.emit('Unsqueeze', [tensor, op.ints('axes', range(before, before + most - others[i]))]);
  });
}

function result(terms: readonly string[]): string {
  const labels = [...terms.join('').replaceAll('.', '')];
  const once = labels.filter((label) => labels.indexOf(label) === labels.lastIndexOf(label));
  return `${terms.some((term) => term.includes('...')) ? '...' : ''}${once.sort().join('')}`;
}
