import type { Attribute, Dimension, Value } from '../graph.js';
import { elementwiseRules } from './elementwise.js';
import { movementRules } from './movement.js';
import { reductionRules } from './reduction.js';
import { selectionRules } from './selection.js';
import { sequenceRules } from './sequence.js';
import { windowRules } from './windows.js';

/** An operator's call as far as its rule needs it. */
export interface Call {
  readonly op: string;
  readonly name: string;
  readonly inputs: readonly Value[];
  readonly attributes: Readonly<Record<string, Attribute>>;
}

/** What is known of an output before the model runs. */
export type Inferred = Pick<Value, 'type' | 'shape' | 'sequence' | 'elements'>;

/** A fresh symbolic size, for what only running the model tells; the label ends its name. */
export type Unknown = (label: string) => Dimension;

/** One operator's outputs by its inputs and attributes (onnx/docs/Operators.md, opset 17). */
export type Rule = (call: Call, unknown: Unknown) => Inferred | readonly Inferred[];

const rules: Readonly<Record<string, Rule>> = {
  ...elementwiseRules,
  ...movementRules,
  ...reductionRules,
  ...selectionRules,
  ...sequenceRules,
  ...windowRules,
};

/**
 * Type, shape and known elements of each output of an operator.
 *
 * @throws RangeError for an operator without a rule: whoever adds it gives the shape
 */
export function infer(call: Call, unknown: Unknown): readonly Inferred[] {
  const rule = rules[call.op];
  if (!rule) throw new RangeError(`${call.name}: no rule gives the shape of ${call.op}`);
  return [rule(call, unknown)].flat();
}
