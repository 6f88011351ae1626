import { conditionsOf } from './conditions-v1.js';
import type { GraphFunction, GraphModel } from './graph-model.js';
import { loopsOf } from './loops-v1.js';

/** Adds a function to the library and gives its name. */
export type Library = (wished: string, body: Omit<GraphFunction, 'name'>) => string;

/**
 * The model with control flow of TensorFlow 1 (Enter, Merge, Switch, Exit, NextIteration, LoopCond; what the converter
 * writes with `control_flow_v2` off) rewritten as TensorFlow 2 has it: While and If over functions.
 *
 * @throws TypeError for what has not the shape that while_loop and cond give it, naming the node
 */
export function structured(model: GraphModel): GraphModel {
  const functions = new Map(model.functions);
  const add: Library = (wished, body) => {
    let name = wished;
    for (let n = 1; functions.has(name); n++) name = `${wished}_${n}`;
    functions.set(name, { ...body, name });
    functions.set(name, rewritten({ ...body, name }, add));
    return name;
  };
  for (const [name, body] of model.functions) functions.set(name, rewritten(body, add));
  return { ...model, graph: rewritten(model.graph, add), functions };
}

const isOfVersion1 = ({ nodes }: GraphFunction): boolean =>
  [...nodes.values()].some(({ op }) => op === 'Switch' || op === 'Exit');

const rewritten = (body: GraphFunction, add: Library): GraphFunction =>
  isOfVersion1(body) ? conditionsOf(loopsOf(body, add), add) : body;
