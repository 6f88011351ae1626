import { tensorOf } from '../element-types.js';
import type { Node, Value } from '../graph.js';
import { knownNumbers } from '../infer/known.js';
import type { OpScope } from './op-scope.js';

/**
 * A condition as a scalar bool: as tfjs has it, the first element, and whether it is other than zero.
 *
 * @throws TypeError for texts, of which ONNX (opset 17) makes no truth value
 */
export function truth(op: OpScope, value: Value): Value {
  if (value.type === 'string') throw op.refusal('a text as condition', 'bool, int32, float32');
  const flag = op.cast(value, 'bool');
  if (flag.shape.length === 0) return flag;
  const flat = op.emit('Reshape', [flag, op.ints('flat', [-1])]);
  return op.emit('Gather', [flat, op.graph.constant(`${op.name}/first`, tensorOf('int64', [], [0]))], { axis: 0 });
}

/** What is known of a condition when the file is written. */
export function knownTruth(condition: Value): boolean | undefined {
  const known = knownNumbers(condition)?.[0];
  return known === undefined ? undefined : known !== 0;
}

/** Appends a node that holds graphs, with outputs of their own types and shapes. */
export function addHolder(
  op: OpScope,
  kind: string,
  inputs: Value[],
  outputs: readonly Pick<Value, 'type' | 'shape'>[],
  attributes: Node['attributes'],
): Value[] {
  const name = op.graph.uniqueName(`${op.name}/${kind}`);
  const [output, ...more] = outputs.map((each, i) => ({
    ...each,
    name: i === 0 ? name : op.graph.uniqueName(`${name}_output${i}`),
  }));
  op.graph.nodes.push({ op: kind, name, inputs, output, more, attributes });
  return [output, ...more];
}
