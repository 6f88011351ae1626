import { elementTypeOf } from '../element-types.js';
import { alike } from './elementwise.js';
import type { Inferred, Rule } from './index.js';
import { fromFront, numberAttribute } from './movement.js';

const construct: Rule = ({ inputs: [first] }) => ({ ...alike(first), sequence: true });
const changed: Rule = ({ inputs: [sequence] }) => alike(sequence);

/** Elements of different shapes are not followed: a sequence has the shape that its maker names. */
const at: Rule = ({ inputs: [{ type, shape }] }): Inferred => ({ type, shape });

const concat: Rule = (call, unknown): Inferred => {
  const [{ type, shape }] = call.inputs;
  const added = numberAttribute(call, 'new_axis', 0) === 1;
  const rank = shape.length + (added ? 1 : 0);
  const axis = fromFront(numberAttribute(call, 'axis', 0), rank);
  const total = unknown('length');
  return { type, shape: added ? shape.toSpliced(axis, 0, total) : shape.with(axis, total) };
};

const split: Rule = (call, unknown): Inferred => {
  const [{ type, shape }, parts] = call.inputs;
  const axis = fromFront(numberAttribute(call, 'axis', 0), shape.length);
  const whole = !parts && numberAttribute(call, 'keepdims', 1) === 0;
  const part = whole ? shape.toSpliced(axis, 1) : shape.with(axis, parts ? unknown('part') : 1);
  return { type, shape: part, sequence: true };
};

const empty: Rule = (call): Inferred => ({
  type: elementTypeOf(numberAttribute(call, 'dtype', 1)),
  shape: [],
  sequence: true,
});

const length: Rule = () => ({ type: 'int64', shape: [] });

export const sequenceRules: Readonly<Record<string, Rule>> = {
  ConcatFromSequence: concat,
  SequenceAt: at,
  SequenceConstruct: construct,
  SequenceEmpty: empty,
  SequenceErase: changed,
  SequenceInsert: changed,
  SequenceLength: length,
  SplitToSequence: split,
};
