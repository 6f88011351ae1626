import seedrandom from 'seedrandom';
import {
  type FunctionCase,
  fedBool,
  fedInt,
  floats,
  type GraphCase,
  int,
  type NodeDef,
  ofFunction,
} from './graph-case.js';
import { type Feeds, node, type Result, text } from './op-case.js';

/** A program over three tensors (rows, 2), two truths and a bound: what a graph of either version is made of. */
type Statement =
  | { readonly kind: 'set'; readonly to: number; readonly op: Arithmetic; readonly from: readonly [number, number] }
  | { readonly kind: 'if'; readonly flag: string; readonly yes: Program; readonly no: Program }
  | { readonly kind: 'while'; readonly bound: string; readonly body: Program };
type Program = readonly Statement[];

/** Exact in float32, so that every way to run them gives the same bits. */
const arithmetic = {
  AddV2: (a: number, b: number) => Math.fround(a + b),
  Sub: (a: number, b: number) => Math.fround(a - b),
  Maximum: Math.max,
  Minimum: Math.min,
};
type Arithmetic = keyof typeof arithmetic;

const tensors = ['v0', 'v1', 'v2'];
const flags = ['c0', 'c1'];
const bounds = ['n', 'two'];
const state = [...tensors, ...flags, 'n'];

export function randomProgram(seed: string): Program {
  const random = seedrandom.alea(`control-flow/${seed}`);
  const pick = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)];
  const block = (depth: number): Program =>
    Array.from({ length: 1 + Math.floor(random() * 3) }, () => statement(depth));
  const statement = (depth: number): Statement => {
    const kind = depth === 0 ? 'set' : pick(['set', 'set', 'if', 'while'] as const);
    if (kind === 'if') return { kind, flag: pick(flags), yes: block(depth - 1), no: block(depth - 1) };
    if (kind === 'while') return { kind, bound: pick(bounds), body: block(depth - 1) };
    const place = () => Math.floor(random() * tensors.length);
    return { kind, to: place(), op: pick(Object.keys(arithmetic) as Arithmetic[]), from: [place(), place()] };
  };
  return block(3);
}

/** What the program gives, by itself. */
export function interpreted(program: Program, feeds: Feeds): Result[] {
  const values = tensors.map((name) => feeds[name].values as number[]);
  const run = (block: Program): void => {
    for (const each of block)
      if (each.kind === 'set') {
        const [a, b] = each.from.map((i) => values[i]);
        values[each.to] = a.map((value, i) => arithmetic[each.op](value, b[i]));
      } else if (each.kind === 'if') run(feeds[each.flag].values[0] ? each.yes : each.no);
      else for (let i = 0; i < (each.bound === 'n' ? Number(feeds.n.values[0]) : 2); i++) run(each.body);
  };
  run(program);
  return values.map((each) => ({ shape: feeds.v0.shape, values: each }));
}

type Names = Readonly<Record<string, string>>;

/** The program as nodes: functions and While (2), or frames and switches (1). */
export function graphOf(program: Program, version: 1 | 2, seed: string): GraphCase {
  const functions: Record<string, FunctionCase> = {};
  let count = 0;
  const fresh = (what: string): string => `${what}${count++}`;

  const asFunction = (block: Program): string => {
    const name = fresh('function');
    const nodes: NodeDef[] = [];
    const names = emitted(block, Object.fromEntries(state.map((each) => [each, each])), nodes);
    functions[name] = {
      args: state,
      nodes,
      returns: returned(
        nodes,
        state.map((each) => names[each]),
      ),
    };
    return name;
  };

  /** As TensorFlow writes them; of two outputs of one node tfjs returns one. */
  const returned = (nodes: NodeDef[], values: readonly string[]): string[] =>
    values.map((value) => {
      const name = fresh('returned');
      nodes.push(node(name, 'Identity', [value]));
      return `${name}:output:0`;
    });

  const emitted = (block: Program, before: Names, nodes: NodeDef[]): Names => {
    let names = before;
    for (const each of block) {
      if (each.kind === 'set') {
        const name = fresh('set');
        nodes.push(
          node(
            name,
            each.op,
            each.from.map((i) => names[tensors[i]]),
          ),
        );
        names = { ...names, [tensors[each.to]]: name };
      } else if (each.kind === 'if') names = (version === 2 ? branch2 : branch1)(each, names, nodes);
      else names = (version === 2 ? loop2 : loop1)(each, names, nodes);
    }
    return names;
  };

  const branch2 = (each: Statement & { kind: 'if' }, names: Names, nodes: NodeDef[]): Names => {
    const name = fresh('if');
    const branches = {
      then_branch: ofFunction(asFunction(each.yes)),
      else_branch: ofFunction(asFunction(each.no)),
    };
    nodes.push(node(name, 'If', [names[each.flag], ...state.map((key) => names[key])], branches));
    return Object.fromEntries(state.map((key, i) => [key, `${name}:${i}`]));
  };

  const branch1 = (each: Statement & { kind: 'if' }, names: Names, nodes: NodeDef[]): Names => {
    const name = fresh('switch');
    for (const key of state) nodes.push(node(`${name}/${key}`, 'Switch', [names[key], names[each.flag]]));
    const side = (suffix: string): Names => Object.fromEntries(state.map((key) => [key, `${name}/${key}${suffix}`]));
    const [no, yes] = [emitted(each.no, side(''), nodes), emitted(each.yes, side(':1'), nodes)];
    for (const key of state) nodes.push(node(`${name}/${key}/met`, 'Merge', [no[key], yes[key]]));
    return side('/met');
  };

  const loop2 = (each: Statement & { kind: 'while' }, names: Names, nodes: NodeDef[]): Names => {
    const [name, counter] = [fresh('while'), fresh('i')];
    const args = [counter, ...state];
    const inner: NodeDef[] = [];
    const after = emitted(each.body, Object.fromEntries(state.map((key) => [key, key])), inner);
    inner.push(node(`${counter}/next`, 'AddV2', [counter, 'one']));
    functions[`${name}/body`] = {
      args,
      nodes: inner,
      returns: returned(inner, [`${counter}/next`, ...state.map((key) => after[key])]),
    };
    functions[`${name}/cond`] = { args, nodes: [node('less', 'Less', [counter, each.bound])], returns: ['less'] };
    const of = { cond: ofFunction(`${name}/cond`), body: ofFunction(`${name}/body`) };
    nodes.push(node(name, 'While', ['zero', ...state.map((key) => names[key])], of));
    return Object.fromEntries(state.map((key, i) => [key, `${name}:${i + 1}`]));
  };

  const loop1 = (each: Statement & { kind: 'while' }, names: Names, nodes: NodeDef[]): Names => {
    const name = fresh('loop');
    const all = ['counter', ...state];
    const entered: Names = { ...names, counter: 'zero' };
    for (const key of all) {
      nodes.push(node(`${name}/${key}/enter`, 'Enter', [entered[key]], { frame_name: text(name) }));
      nodes.push(node(`${name}/${key}/merge`, 'Merge', [`${name}/${key}/enter`, `${name}/${key}/next`]));
      nodes.push(node(`${name}/${key}/switch`, 'Switch', [`${name}/${key}/merge`, `${name}/condition`]));
      nodes.push(node(`${name}/${key}/exit`, 'Exit', [`${name}/${key}/switch`]));
    }
    const bound = each.bound === 'n' ? `${name}/n/merge` : each.bound;
    nodes.push(node(`${name}/less`, 'Less', [`${name}/counter/merge`, bound]));
    nodes.push(node(`${name}/condition`, 'LoopCond', [`${name}/less`]));
    const inside = Object.fromEntries(state.map((key) => [key, `${name}/${key}/switch:1`]));
    const after: Names = { ...emitted(each.body, inside, nodes), counter: `${name}/counter/more` };
    nodes.push(node(`${name}/counter/more`, 'AddV2', [`${name}/counter/switch:1`, 'one']));
    for (const key of all) nodes.push(node(`${name}/${key}/next`, 'NextIteration', [after[key]]));
    return Object.fromEntries(state.map((key) => [key, `${name}/${key}/exit`]));
  };

  const nodes: NodeDef[] = [];
  const names = emitted(program, Object.fromEntries(state.map((key) => [key, key])), nodes);
  nodes.push(...tensors.map((key) => node(`${key}/out`, 'AddV2', [names[key], 'nothing'])));
  const tensor = { type: 'float32', shape: [null, 2] } as const;
  const flag = { type: 'bool', shape: [] } as const;
  return {
    title: `program ${seed}, version ${version}`,
    inputs: {
      ...Object.fromEntries(tensors.map((key) => [key, tensor])),
      ...Object.fromEntries(flags.map((key) => [key, flag])),
      n: { type: 'int32', shape: [] },
    },
    weights: { zero: int(0), one: int(1), two: int(2), nothing: floats([], [0]) },
    nodes,
    functions,
    outputs: tensors.map((key) => `${key}/out`),
    feeds: feedsOf(seed),
  };
}

function feedsOf(seed: string): Feeds[] {
  const random = seedrandom.alea(`control-flow/${seed}/feeds`);
  return [1, 3].map((rows, i) => ({
    ...Object.fromEntries(
      tensors.map((key) => [
        key,
        {
          type: 'float32' as const,
          shape: [rows, 2],
          values: Array.from({ length: 2 * rows }, () => Math.fround(random() * 4 - 2)),
        },
      ]),
    ),
    ...Object.fromEntries(flags.map((key) => [key, fedBool(random() < 0.5)])),
    n: fedInt(i === 0 ? 0 : 1 + Math.floor(random() * 3)),
  }));
}
