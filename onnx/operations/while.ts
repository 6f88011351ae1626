import { tensorOf } from '../element-types.js';
import { absent, type Dimension, Graph, type Value } from '../graph.js';
import { knownNumbers } from '../infer/known.js';
import { removeUnused } from '../optimise/index.js';
import { alignedRank, isEmpty, isUnranked, markUnranked, writeOf } from './lists.js';
import type { OpConverter, OpScope } from './op-scope.js';
import { addHolder, knownTruth, truth } from './subgraphs.js';

/**
 * A variable of a loop.
 *
 * - carried from turn to turn; `lasting`: so it stays
 * - fixed: the body gives it back as it is, and reads it as a value from outside
 * - collected: a list that begins empty and to which each turn adds one element: the loop's own stacked output
 */
interface Variable {
  readonly kind: 'carried' | 'lasting' | 'fixed' | 'collected';
  readonly initial: Value;
  /** Undefined: a size that changes between turns. */
  readonly shape: readonly (Dimension | undefined)[];
}

/** One turn of a loop as a graph: what it reads of each variable, what it gives. */
interface Turn {
  readonly body: Graph;
  readonly inputs: readonly Value[];
  readonly results: readonly Value[];
}

/**
 * While → Loop (ai.onnx 16): the condition over the first values, then at the end of each turn over the next.
 *
 * The turn is converted until what was assumed of the variables holds of what it gives: sizes that change become
 * symbolic, variables that never change are read from outside, lists that only collect become stacked outputs.
 */
export const convertWhile: OpConverter = (op) => {
  const args = op.tensors('args');
  const entered = op.within(op.graph);
  const [first] = op.lender.callFunction(op.functionName('cond'), op.graph, args, `${op.name}/enter`);
  const condition = truth(entered, first);
  if (knownTruth(condition) === false) return args;

  let variables: readonly Variable[] = args.map((initial) => ({ kind: 'carried', initial, shape: initial.shape }));
  for (;;) {
    const constants = new Set(op.lender.constants.keys());
    let next: readonly Variable[] = variables;
    const turn = op.graph.tryOut(() => {
      const tried = turnOver(op, variables);
      next = variables.map((_, i) => refined(op, variables, i, tried));
      return next.every((variable, i) => variable === variables[i]) ? tried : undefined;
    });
    if (turn) return loop(op, condition, variables, turn);
    for (const key of [...op.lender.constants.keys()]) if (!constants.has(key)) op.lender.constants.delete(key);
    variables = next;
  }
};

function turnOver(op: OpScope, variables: readonly Variable[]): Turn {
  const body = new Graph(op.graph);
  body.input(`${op.name}/turn`, 'int64', []);
  body.input(`${op.name}/continued`, 'bool', []);
  const inputs = variables.map(({ kind, initial, shape }, i): Value => {
    if (kind === 'fixed') return initial;
    const name = `${op.name}/variable${i}`;
    const sizes = shape.map((size, axis) => size ?? body.uniqueName(`${name}_size${axis}`));
    const { type } = initial;
    const value = kind === 'collected' ? { name, type, shape: sizes } : body.input(name, type, sizes);
    return isUnranked(initial) ? markUnranked(value) : value;
  });
  const given = op.lender.callFunction(op.functionName('body'), body, inputs, `${op.name}/body`);
  const results = given.map((value, i) => (overwrites(variables[i], inputs[i], value) ? writeOf(value)!.row : value));
  if (results.length !== variables.length)
    throw new SyntaxError(`${op.subject}: its body gives ${results.length} values for ${variables.length} variables`);
  const [again] = op.lender.callFunction(op.functionName('cond'), body, results, `${op.name}/next`);
  const kept = variables.flatMap(({ kind }, i) =>
    kind === 'fixed' ? [] : [kind === 'collected' ? (writeOf(results[i])?.item ?? results[i]) : results[i]],
  );
  body.outputs = [truth(op.within(body), again), ...kept];
  removeUnused(body);
  return { body, inputs, results };
}

/** What one more turn tells of a variable; the same object where it holds what was assumed. */
function refined(op: OpScope, variables: readonly Variable[], i: number, turn: Turn): Variable {
  const variable = variables[i];
  const { kind, initial, shape } = variable;
  const [input, result] = [turn.inputs[i], turn.results[i]];
  if (kind === 'fixed') return result === initial ? variable : { ...variable, kind: 'lasting' };
  if (kind === 'collected')
    return collects(variables, turn, i) && !turn.body.used().has(input) ? variable : { ...variable, kind: 'lasting' };
  if (kind === 'carried' && result === input) return { ...variable, kind: 'fixed' };
  if (kind === 'carried' && isEmpty(initial) && collects(variables, turn, i)) return { ...variable, kind: 'collected' };
  if (result.type !== initial.type)
    throw op.refusal(`variable ${i}, ${initial.type} before and ${result.type} after a turn`, 'one type, as in Loop');
  if (isUnranked(initial) && !isUnranked(result)) {
    const begun = alignedRank(op, initial, result);
    return { ...variable, initial: begun, shape: begun.shape };
  }
  if (result.shape.length !== shape.length)
    throw op.refusal(
      `variable ${i} of shape [${initial.shape}] before and [${result.shape}] after a turn`,
      'one number of axes, by which the ONNX operators in the loop are chosen',
    );
  const grown = shape.map((size, axis) => (size === result.shape[axis] ? size : undefined));
  return grown.every((size, axis) => size === shape[axis]) ? variable : { ...variable, shape: grown };
}

/** Whether a turn puts its one element in the place of the one before, in a list that begins empty: the last one is it. */
function overwrites(variable: Variable | undefined, input: Value, result: Value): boolean {
  const write = writeOf(result);
  if (!variable || !write?.index || write.list !== input || !isEmpty(variable.initial)) return false;
  return knownNumbers(write.index)?.[0] === 0;
}

/** Whether a turn writes one element, behind those of the turns before, and does nothing else with the list. */
function collects(variables: readonly Variable[], turn: Turn, i: number): boolean {
  const write = writeOf(turn.results[i]);
  if (!write || write.list !== turn.inputs[i]) return false;
  return write.index === undefined || counts(variables, turn, write.index);
}

/** Whether a variable is the number of the turn: 0 at first, one more after each. */
function counts(variables: readonly Variable[], { body, inputs, results }: Turn, index: Value): boolean {
  const j = inputs.indexOf(index);
  if (j < 0 || knownNumbers(variables[j].initial)?.[0] !== 0) return false;
  const added = body.nodes.find(({ output }) => output === results[j]);
  return (
    added?.op === 'Add' &&
    added.inputs.includes(index) &&
    added.inputs.some((input) => knownNumbers(input)?.length === 1 && knownNumbers(input)![0] === 1)
  );
}

/** Loop's inputs: no bound, the condition, what is carried. Its outputs: what is carried, what is collected. */
function loop(op: OpScope, condition: Value, variables: readonly Variable[], { body, results }: Turn): Value[] {
  const of = (...kinds: Variable['kind'][]) =>
    variables.flatMap((variable, i) => (kinds.includes(variable.kind) ? [{ ...variable, i }] : []));
  const carried = of('carried', 'lasting');
  const collected = of('collected');
  if (carried.length + collected.length === 0) return variables.map(({ initial }) => initial);
  const items = body.outputs.splice(1);
  const moving = variables.flatMap(({ kind }, i) => (kind === 'fixed' ? [] : [i]));
  const itemOf = (i: number) => items[moving.indexOf(i)];
  body.outputs.push(...carried.map(({ i }) => itemOf(i)), ...collected.map(({ i }) => itemOf(i)));
  const known = new Set(op.inputs.flatMap(({ shape }) => shape));
  const turns = op.unknownSize('turns');
  const outputs = [
    ...carried.map(({ initial, shape }) => ({
      type: initial.type,
      shape: shape.map((size, axis) => size ?? op.unknownSize(`size${axis}`)),
    })),
    ...collected.map(({ i }) => ({
      type: itemOf(i).type,
      shape: [turns, ...itemOf(i).shape.map((size, axis) => outside(op, known, size, axis))],
    })),
  ];
  const start = condition.constant ? op.graph.constant(`${op.name}/start`, tensorOf('bool', [], [1])) : condition;
  const inputs = [absent, start, ...carried.map(({ initial }) => initial)];
  const values = addHolder(op, 'Loop', inputs, outputs, { body: { graph: body } });
  const order = [...carried, ...collected].map(({ i }) => i);
  return results.map((_, i) => (variables[i].kind === 'fixed' ? variables[i].initial : values[order.indexOf(i)]));
}

/** A size as it is known outside of the loop. */
const outside = (op: OpScope, known: ReadonlySet<Dimension>, size: Dimension, axis: number): Dimension =>
  typeof size === 'number' || known.has(size) ? size : op.unknownSize(`size${axis + 1}`);
