import fc from 'fast-check';
import { toOnnx } from '../../../onnx/index.js';
import { artifactsOf } from '../operations/graph-case.js';
import { type Result, runFile } from '../operations/op-case.js';
import { interpreted, graphOf as programGraph, randomProgram } from '../operations/random-control-flow.js';
import { gapOf } from '../providers/gap.js';
import { type Verdict, verdictOf } from './compare.js';
import { compareGraph } from './compare-graph.js';
import { layerModels } from './layer-models.js';
import { graphOf, type Recipe, recipes } from './random-graphs.js';

/** What can be drawn at random, exported and compared. A recipe is plain data, which fast-check shrinks. */
export interface Kind {
  readonly name: string;
  readonly recipes: fc.Arbitrary<unknown>;
  verdict(recipe: unknown): Promise<Verdict>;
}

/** Stacks of layers against tfjs-layers. */
const layers: Kind = {
  name: layerModels.name,
  recipes: layerModels.recipes,
  verdict: (recipe) => verdictOf(layerModels, recipe as never),
};

/** Graphs of operations against tfjs's graph executor. */
const graphs: Kind = {
  name: 'graphs',
  recipes,
  async verdict(recipe) {
    try {
      return { kind: 'equal', gap: await compareGraph(recipe as Recipe) };
    } catch (error) {
      const { modelTopology } = graphOf(recipe as Recipe).artifacts;
      return { kind: 'different', reason: String(error), topology: modelTopology };
    }
  },
};

/** Programs of branches and loops, as TensorFlow 2 and 1 write them, against an interpreter of the program. */
const controlFlow: Kind = {
  name: 'control-flow',
  recipes: fc.nat().map(String),
  async verdict(recipe) {
    const seed = String(recipe);
    const program = randomProgram(seed);
    for (const version of [1, 2] as const) {
      const graph = programGraph(program, version, seed);
      const artifacts = artifactsOf(graph);
      try {
        for (const feeds of graph.feeds) {
          const gap = differenceOf(await runFile(toOnnx(artifacts), feeds), interpreted(program, feeds));
          if (gap > 0) throw new RangeError(`TensorFlow ${version}: a gap of ${gap}`);
        }
      } catch (error) {
        return { kind: 'different', reason: String(error), topology: artifacts.modelTopology };
      }
    }
    return { kind: 'equal', gap: 0 };
  },
};

function differenceOf(actual: readonly Result[], expected: readonly Result[]): number {
  if (actual.some(({ shape }, i) => String(shape) !== String(expected[i].shape))) return Infinity;
  const numbers = (results: readonly Result[]) => results.map(({ values }) => values.map(Number));
  return gapOf(numbers(actual), numbers(expected));
}

export const kinds: readonly Kind[] = [layers, graphs, controlFlow];
