import type { PRNG } from 'seedrandom';
import { text, type } from '../operations/op-case.js';
import type { GraphBuilder, Known, Named, Size } from './graph-builder.js';

/** One way to go on from a value: where it fits, and what it adds. */
export interface Rule {
  readonly op: string;
  fits(x: Named): boolean;
  grow(graph: GraphBuilder, x: Named, random: PRNG): void;
}

const isFloat = ({ type }: Known): boolean => type === 'float32';
const isInt = ({ type }: Known): boolean => type === 'int32';
const isBool = ({ type }: Known): boolean => type === 'bool';
const isNumber = (x: Known): boolean => !isBool(x);
const size = ({ low, high }: Known): number => Math.max(Math.abs(low), Math.abs(high));
const small = (most: number) => (x: Known) => isNumber(x) && size(x) <= most;
const above = (least: number) => (x: Known) => isFloat(x) && x.low >= least && x.high <= 1e3;
const isExact = (x: Known): boolean => isNumber(x) && x.exact;
const isSteady = (x: Known): boolean => isFloat(x) && size(x) <= 1e4;
const hasRank = (least: number) => (x: Known) => x.shape.length >= least;
const both =
  (...tests: ((x: Known) => boolean)[]) =>
  (x: Known) =>
    tests.every((holds) => holds(x));

const below = (random: PRNG, end: number): number => Math.floor(random() * end);
const truth = { type: 'bool', low: 0, high: 1, exact: true } as const;
const between = (low: number, high: number) => ({ low, high });

/** Functions of one number: where, and the interval of what they give. */
const unary = (
  op: string,
  fits: (x: Known) => boolean,
  interval: (x: Known) => { low: number; high: number },
  exact = false,
): Rule => ({
  op,
  fits,
  grow: (graph, x) => graph.node(op, [x], { ...x, ...interval(x), exact: exact && x.exact }),
});

const monotone = (f: (x: number) => number) => (x: Known) => between(f(x.low), f(x.high));
const mirrored = (x: Known) => between(-x.high, -x.low);

const unaries: Rule[] = [
  ...['Tanh', 'Sin', 'Cos', 'Erf'].map((op) => unary(op, isSteady, () => between(-1, 1))),
  unary('Atan', isSteady, () => between(-2, 2)),
  unary(
    'Sigmoid',
    isSteady,
    monotone((x) => 1 / (1 + Math.exp(-x))),
  ),
  unary(
    'Softplus',
    both(isFloat, small(50)),
    monotone((x) => Math.log1p(Math.exp(x))),
  ),
  unary('Elu', both(isFloat, small(1e3)), (x) => between(Math.max(-1, Math.min(0, x.low)), Math.max(0, x.high))),
  unary('Selu', both(isFloat, small(1e3)), (x) => between(-1.8, Math.max(0, x.high * 1.06))),
  unary('Exp', both(isFloat, small(4)), monotone(Math.exp)),
  unary('Expm1', both(isFloat, small(4)), monotone(Math.expm1)),
  unary('Log', above(0.05), monotone(Math.log)),
  unary('Log1p', above(0.05), monotone(Math.log1p)),
  unary('Sqrt', above(0.05), monotone(Math.sqrt)),
  unary('Rsqrt', above(0.05), (x) => between(x.high ** -0.5, x.low ** -0.5)),
  unary('Reciprocal', above(0.05), (x) => between(1 / x.high, 1 / x.low)),
  unary('Sinh', both(isFloat, small(3)), monotone(Math.sinh)),
  unary('Cosh', both(isFloat, small(3)), (x) => between(1, Math.cosh(size(x)))),
  unary('Asinh', isSteady, monotone(Math.asinh)),
  unary('LeakyRelu', both(isFloat, small(1e4)), (x) => between(Math.min(0, x.low), Math.max(0, x.high))),
  unary('Relu', isNumber, (x) => between(0, Math.max(0, x.high)), true),
  unary('Relu6', isNumber, () => between(0, 6), true),
  unary('Neg', isNumber, mirrored, true),
  unary('Abs', isNumber, (x) => between(0, size(x)), true),
  unary('Square', small(100), (x) => between(0, size(x) ** 2), true),
  unary(
    'ZerosLike',
    () => true,
    () => between(0, 0),
    true,
  ),
  unary(
    'OnesLike',
    () => true,
    () => between(1, 1),
    true,
  ),
  ...['Floor', 'Ceil'].map((op) =>
    unary(op, both(isFloat, isExact, small(1e4)), (x) => between(Math.floor(x.low), Math.ceil(x.high)), true),
  ),
  unary('Round', isExact, (x) => between(Math.floor(x.low), Math.ceil(x.high)), true),
  unary('Sign', isExact, () => between(-1, 1), true),
  { op: 'IsFinite', fits: isNumber, grow: (graph, x) => graph.node('IsFinite', [x], { ...x, ...truth }) },
  { op: 'LogicalNot', fits: isBool, grow: (graph, x) => graph.node('LogicalNot', [x], x) },
];

/** Another value that broadcasts with `x`: one of the graph, or a weight of some of its sizes. */
function partner(graph: GraphBuilder, x: Named, random: PRNG, fits: (y: Known) => boolean = () => true): Named {
  const others = graph.values.filter((y) => y.type === x.type && fits(y) && broadcast(x.shape, y.shape));
  if (random() < 0.6 && others.length > 0) return others[below(random, others.length)];
  const sizes = x.shape.slice(below(random, x.shape.length + 1)).map((each) => (random() < 0.5 ? (each ?? 1) : 1));
  return graph.drawn(random, x.type, sizes);
}

/** The shape that two broadcast to; undefined where they do not. */
function broadcast(a: readonly Size[], b: readonly Size[]): Size[] | undefined {
  const rank = Math.max(a.length, b.length);
  const sizes: Size[] = [];
  for (let axis = 0; axis < rank; axis++) {
    const [one, other] = [a, b].map((shape) =>
      axis - rank + shape.length < 0 ? 1 : shape[axis - rank + shape.length],
    );
    if (one !== other && one !== 1 && other !== 1) return undefined;
    sizes.push(one === 1 ? other : one);
  }
  return rank <= 4 ? sizes : undefined;
}

const binary = (
  op: string,
  most: number,
  interval: (x: Known, y: Known) => { low: number; high: number },
  exact = true,
): Rule => ({
  op,
  fits: small(most),
  grow(graph, x, random) {
    const y = partner(graph, x, random, small(most));
    const known = { ...interval(x, y), type: x.type, exact: (exact || isInt(x)) && x.exact && y.exact };
    graph.node(op, random() < 0.5 ? [x, y] : [y, x], { ...known, shape: broadcast(x.shape, y.shape)! });
  },
});

const symmetric = (reach: (x: Known, y: Known) => number) => (x: Known, y: Known) => between(-reach(x, y), reach(x, y));
const comparison = (op: string): Rule => ({
  op,
  fits: isExact,
  grow(graph, x, random) {
    const y = partner(graph, x, random, isExact);
    graph.node(op, [x, y], { ...truth, shape: broadcast(x.shape, y.shape)! });
  },
});
const logical = (op: string): Rule => ({
  op,
  fits: isBool,
  grow(graph, x, random) {
    const y = partner(graph, x, random);
    graph.node(op, [x, y], { ...truth, shape: broadcast(x.shape, y.shape)! });
  },
});

/** Whole numbers by others, of both signs and zero. */
const whole = (op: string): Rule => ({
  op,
  fits: both(isInt, small(1e6)),
  grow(graph, x, random) {
    const y = partner(graph, x, random, small(1e6));
    const reach = op === 'FloorMod' ? size(y) : size(x) + 1;
    graph.node(op, [x, y], { ...x, ...between(-reach, reach), shape: broadcast(x.shape, y.shape)! });
  },
});

const binaries: Rule[] = [
  ...['Add', 'AddV2', 'Sub'].map((op) =>
    binary(
      op,
      1e5,
      symmetric((x, y) => size(x) + size(y)),
    ),
  ),
  binary(
    'Mul',
    100,
    symmetric((x, y) => size(x) * size(y)),
  ),
  binary('SquaredDifference', 100, (x, y) => between(0, (size(x) + size(y)) ** 2), false), // tfjs rounds once
  ...['Maximum', 'Minimum'].map((op) =>
    binary(
      op,
      1e6,
      symmetric((x, y) => Math.max(size(x), size(y))),
    ),
  ),
  ...['Equal', 'NotEqual', 'Greater', 'GreaterEqual', 'Less', 'LessEqual'].map(comparison),
  ...['LogicalAnd', 'LogicalOr'].map(logical),
  ...['FloorDiv', 'FloorMod', 'DivNoNan'].map(whole),
  {
    op: 'RealDiv',
    fits: both(isFloat, small(1e3)),
    grow(graph, x, random) {
      const y = graph.drawn(
        random,
        'float32',
        x.shape.slice(-1).map((each) => each ?? 1),
        0.5,
        2,
      );
      graph.node('RealDiv', [x, y], { ...x, ...between(-2 * size(x), 2 * size(x)), exact: false });
    },
  },
  {
    op: 'SelectV2',
    fits: isBool,
    grow(graph, x, random) {
      const others = graph.values.filter((y) => broadcast(x.shape, y.shape));
      const a = others[below(random, others.length)];
      const b = partner(graph, a, random);
      const shape = broadcast(broadcast(x.shape, a.shape)!, b.shape);
      if (!shape) return;
      const known = { ...between(Math.min(a.low, b.low), Math.max(a.high, b.high)), exact: a.exact && b.exact };
      graph.node('SelectV2', [x, a, b], { ...known, type: a.type, shape });
    },
  },
];

/** Some axes, in any order, from either end where tfjs takes that. */
function someAxes(random: PRNG, rank: number): number[] {
  const axes = Array.from({ length: rank }, (_, axis) => axis).filter(() => random() < 0.5);
  return axes.map((axis) => (random() < 0.3 ? axis - rank : axis));
}

const reduced = (shape: readonly Size[], axes: readonly number[], keep: boolean): Size[] =>
  shape.flatMap((each, axis) =>
    axes.some((other) => (other < 0 ? other + shape.length : other) === axis) ? (keep ? [1] : []) : [each],
  );

const reduction = (
  op: string,
  fits: (x: Known) => boolean,
  interval: (x: Known) => { low: number; high: number },
  type?: 'float32',
): Rule => ({
  op,
  fits,
  grow(graph, x, random) {
    const axes = someAxes(random, x.shape.length);
    const keep = random() < 0.5;
    const moves = op === 'Max' || op === 'Min' || isBool(x) || (isInt(x) && op !== 'Mean');
    const known = { type: type ?? x.type, ...interval(x), exact: moves && x.exact };
    graph.node(
      op,
      [x, graph.ints(...axes)],
      { ...known, shape: reduced(x.shape, axes, keep) },
      { keep_dims: { b: keep } },
    );
  },
});

const most = 60;
const reductions: Rule[] = [
  reduction('Sum', small(1e3), (x) => between(-most * size(x), most * size(x))),
  reduction('Mean', small(1e4), (x) => between(x.low, x.high), 'float32'),
  reduction('Max', isNumber, (x) => x),
  reduction('Min', isNumber, (x) => x),
  reduction('Prod', small(1.05), () => between(-20, 20)),
  ...['All', 'Any'].map((op) => reduction(op, isBool, (x) => x)),
  ...['ArgMax', 'ArgMin'].map(
    (op): Rule => ({
      op,
      fits: both(isExact, hasRank(1)),
      grow(graph, x, random) {
        const axis = below(random, x.shape.length);
        const known = { type: 'int32', low: 0, high: 60, exact: true } as const;
        graph.node(op, [x, graph.scalar('int32', axis)], { ...known, shape: reduced(x.shape, [axis], false) });
      },
    }),
  ),
  ...['Cumsum', 'Cumprod'].map(
    (op): Rule => ({
      op,
      fits: both(small(op === 'Cumsum' ? 1e3 : 1.05), hasRank(1)),
      grow(graph, x, random) {
        const reach = op === 'Cumsum' ? most * size(x) : 20;
        const flags = { exclusive: { b: random() < 0.5 }, reverse: { b: random() < 0.5 } };
        const axis = graph.scalar('int32', below(random, x.shape.length));
        graph.node(op, [x, axis], { ...x, ...between(-reach, reach), exact: isInt(x) }, flags);
      },
    }),
  ),
];

const isMatrix = (x: Known): boolean => isFloat(x) && size(x) <= 100 && x.shape.length >= 2 && x.shape.at(-1) !== null;

const matrices: Rule[] = [
  {
    op: 'Transpose',
    fits: hasRank(2),
    grow(graph, x, random) {
      const perm = x.shape.map((_, axis) => axis).sort(() => random() - 0.5);
      graph.node('Transpose', [x, graph.ints(...perm)], { ...x, shape: perm.map((axis) => x.shape[axis]) });
    },
  },
  {
    op: 'BatchMatMulV2',
    fits: isMatrix,
    grow(graph, x, random) {
      const [inner, columns] = [x.shape.at(-1)!, 1 + below(random, 4)];
      const turned = random() < 0.5;
      const y = graph.drawn(random, 'float32', turned ? [columns, inner] : [inner, columns], -1, 1);
      const known = { ...x, ...between(-inner * size(x), inner * size(x)), exact: false };
      const shape = [...x.shape.slice(0, -1), columns];
      graph.node('BatchMatMulV2', [x, y], { ...known, shape }, { adj_y: { b: turned } });
    },
  },
  {
    op: '_FusedMatMul',
    fits: (x) => isMatrix(x) && x.shape.length === 2,
    grow(graph, x, random) {
      const [inner, columns] = [x.shape[1]!, 1 + below(random, 4)];
      const [turned, biased] = [random() < 0.5, random() < 0.7];
      const y = graph.drawn(random, 'float32', turned ? [columns, inner] : [inner, columns], -1, 1);
      const activation = [undefined, 'Relu', 'Elu', 'Sigmoid', 'Relu6', 'LeakyRelu'][below(random, 6)];
      const bias = biased ? [graph.drawn(random, 'float32', [columns])] : [];
      const fused = biased ? ['BiasAdd', ...(activation ? [activation] : [])] : [];
      const reach = inner * size(x) + 2;
      graph.node(
        '_FusedMatMul',
        [x, y, ...bias],
        { ...x, ...between(-reach, reach), exact: false, shape: [x.shape[0], columns] },
        {
          transpose_b: { b: turned },
          fused_ops: { list: { s: fused.map((name) => text(name).s) } },
          num_args: { i: String(bias.length) },
        },
      );
    },
  },
  {
    op: 'MatrixBandPart',
    fits: (x) => isNumber(x) && x.shape.length >= 2 && x.shape.slice(-2).every((each) => each !== null && each >= 2),
    grow(graph, x, random) {
      const bounds = [0, 1].map(() => graph.scalar('int32', below(random, 4) - 1));
      const known = { ...x, ...between(Math.min(0, x.low), Math.max(0, x.high)) };
      if (x.shape.slice(-2).every((each) => each! >= 2)) graph.node('MatrixBandPart', [x, ...bounds], known);
    },
  },
];

const makers: Rule[] = [
  {
    op: 'OneHot',
    fits: (x) => isInt(x) && x.shape.length <= 3,
    grow(graph, x, random) {
      const depth = 2 + below(random, 4);
      const [on, off] = [graph.scalar('float32', random() < 0.5 ? 1 : 2.5), graph.scalar('float32', 0)];
      const known = { type: 'float32', low: 0, high: 2.5, exact: true, shape: [...x.shape, depth] } as const;
      graph.node('OneHot', [x, graph.scalar('int32', depth), on, off], known, { T: type('float32') });
    },
  },
  {
    op: 'Fill',
    fits: hasRank(1),
    grow(graph, x, random) {
      const known = { type: 'int32', shape: [x.shape.length], low: 0, high: 60, exact: true } as const;
      const sizes = graph.node('Shape', [x], known);
      const value = Math.fround(random() * 4 - 2);
      const filled = { type: 'float32', shape: x.shape, low: value, high: value, exact: true } as const;
      graph.node('Fill', [sizes, graph.scalar('float32', value)], filled, { T: type('float32') });
    },
  },
  {
    op: 'DenseBincount',
    fits: (x) => isInt(x) && x.low >= 0 && x.shape.length === 2,
    grow(graph, x) {
      const known = { type: 'float32', low: 0, high: 60, exact: true, shape: [x.shape[0], 5] } as const;
      graph.node('DenseBincount', [x, graph.scalar('int32', 5), graph.weight('float32', [0], [])], known);
    },
  },
  {
    op: 'TopKV2',
    fits: (x) => isExact(x) && typeof x.shape.at(-1) === 'number',
    grow(graph, x, random) {
      const k = 1 + below(random, x.shape.at(-1)!);
      const known = { ...x, shape: x.shape.with(-1, k) };
      graph.node('TopKV2', [x, graph.scalar('int32', k)], known, { sorted: { b: true } });
    },
  },
];

export const rules: readonly Rule[] = [...unaries, ...binaries, ...reductions, ...matrices, ...makers];
