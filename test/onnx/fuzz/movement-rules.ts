import type { PRNG } from 'seedrandom';
import { type } from '../operations/op-case.js';
import type { Size } from './graph-builder.js';
import type { Rule } from './graph-rules.js';

const below = (random: PRNG, end: number): number => Math.floor(random() * end);
const places = (shape: readonly Size[]): number[] => shape.map((_, axis) => axis);

/** Operations that only move elements, and casts: what goes in exact comes out exact. */
export const movementRules: readonly Rule[] = [
  {
    op: 'Cast',
    fits: ({ exact, low, high }) => exact && Math.max(-low, high) < 1e6,
    grow(graph, x, random) {
      const to = (['float32', 'int32', 'bool'] as const)[below(random, 3)];
      const range = to === 'bool' ? { low: 0, high: 1 } : { low: x.low, high: x.high };
      graph.node('Cast', [x], { ...x, ...range, type: to }, { SrcT: type(x.type), DstT: type(to) });
    },
  },
  {
    op: 'ExpandDims',
    fits: ({ shape }) => shape.length < 4,
    grow(graph, x, random) {
      const axis = below(random, x.shape.length + 1);
      graph.node('ExpandDims', [x, graph.scalar('int32', axis)], { ...x, shape: x.shape.toSpliced(axis, 0, 1) });
    },
  },
  {
    op: 'Reshape',
    fits: ({ shape }) => shape.length > 0 && shape.slice(1).every((size) => size !== null),
    grow(graph, x) {
      const rest = x.shape.slice(1).reduce<number>((product, size) => product * size!, 1);
      graph.node('Reshape', [x, graph.ints(-1, rest)], { ...x, shape: [x.shape[0], rest] });
    },
  },
  {
    op: 'ConcatV2',
    fits: ({ shape }) => shape.some((size) => size !== null),
    grow(graph, x, random) {
      const axes = places(x.shape).filter((axis) => x.shape[axis] !== null);
      const axis = axes[below(random, axes.length)];
      const alike = graph.values.filter(
        (y) =>
          y.type === x.type &&
          y.shape.length === x.shape.length &&
          y.shape.every((size, at) => (at === axis ? size !== null : size === x.shape[at])),
      );
      const y = alike[below(random, alike.length)];
      const known = { low: Math.min(x.low, y.low), high: Math.max(x.high, y.high), exact: x.exact && y.exact };
      const shape = x.shape.with(axis, x.shape[axis]! + y.shape[axis]!);
      graph.node('ConcatV2', [x, y, graph.scalar('int32', axis)], { ...known, type: x.type, shape }, { N: { i: '2' } });
    },
  },
  {
    op: 'Pack',
    fits: ({ shape }) => shape.length < 4,
    grow(graph, x, random) {
      const axis = below(random, x.shape.length + 1);
      const known = { ...x, shape: x.shape.toSpliced(axis, 0, 2) };
      graph.node('Pack', [x, x], known, { axis: { i: String(axis) }, N: { i: '2' } });
    },
  },
  {
    op: 'GatherV2',
    fits: ({ shape }) => shape.some((size) => size !== null),
    grow(graph, x, random) {
      const axes = places(x.shape).filter((axis) => x.shape[axis] !== null);
      const axis = axes[below(random, axes.length)];
      const picked = [0, 1, 2].map(() => below(random, x.shape[axis]!));
      const inputs = [x, graph.ints(...picked), graph.scalar('int32', axis)];
      graph.node('GatherV2', inputs, { ...x, shape: x.shape.with(axis, 3) });
    },
  },
  {
    op: 'Softmax',
    fits: ({ type: of, shape, low, high }) => of === 'float32' && shape.length > 0 && Math.max(-low, high) < 1e4,
    grow: (graph, x) => graph.node('Softmax', [x], { ...x, low: 0, high: 1, exact: false }),
  },
  {
    op: 'Tile',
    fits: ({ shape, type: of }) =>
      of !== 'bool' && shape.length > 0 && shape.every((size) => size === null || size < 8),
    grow(graph, x, random) {
      const times = x.shape.map((size) => (size === null ? 1 : 1 + below(random, 2)));
      const shape = x.shape.map((size, axis) => (size === null ? null : size * times[axis]));
      graph.node('Tile', [x, graph.ints(...times)], { ...x, shape });
    },
  },
  {
    op: 'ReverseV2',
    fits: ({ shape, type: of }) => of !== 'bool' && shape.length > 0,
    grow: (graph, x, random) => graph.node('ReverseV2', [x, graph.ints(below(random, x.shape.length))], x),
  },
  {
    op: 'PadV2',
    fits: ({ shape, type: of }) =>
      of !== 'bool' && shape.length > 0 && shape.every((size) => size === null || size < 8),
    grow(graph, x, random) {
      const pads = x.shape.flatMap((size) => (size === null ? [0, 0] : [below(random, 2), below(random, 3)]));
      const shape = x.shape.map((size, axis) => (size === null ? null : size + pads[2 * axis] + pads[2 * axis + 1]));
      const inputs = [x, graph.weight('int32', [x.shape.length, 2], pads), graph.scalar(x.type, 1)];
      graph.node('PadV2', inputs, { ...x, low: Math.min(1, x.low), high: Math.max(1, x.high), shape });
    },
  },
];
