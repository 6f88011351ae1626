import seedrandom from 'seedrandom';
import { toOnnx } from '../../../onnx/index.js';
import { type Result, runFile, runGraphModel } from '../operations/op-case.js';
import { gapOf } from '../providers/gap.js';
import { graphOf, type Recipe } from './random-graphs.js';

/** Relative to an output's largest number; 0 where numbers are only moved, counted or compared. */
export const graphTolerance = 1e-4;

/** Exports a random graph and compares tfjs with onnxruntime; the largest gap. @throws Error that tells what differs */
export async function compareGraph(recipe: Recipe): Promise<number> {
  const graph = graphOf(recipe);
  const { artifacts, ends } = graph;
  const feeds = graph.feeds(seedrandom.alea(JSON.stringify(recipe)));
  const expected = await runGraphModel(
    artifacts,
    feeds,
    ends.map(({ name }) => `${name}:0`),
  );
  const actual = await runFile(toOnnx(artifacts), feeds);
  const gaps = ends.map(({ name, exact }, i) => {
    const gap = sameShape(actual[i], expected[i]) ? gapOf([numbers(actual[i])], [numbers(expected[i])]) : Infinity;
    if (gap > (exact ? 0 : graphTolerance))
      throw new Error(
        `${name} differs by ${gap}: [${actual[i].shape}] ${numbers(actual[i]).slice(0, 12)}, not [${expected[i].shape}] ${numbers(expected[i]).slice(0, 12)}`,
      );
    return gap;
  });
  return Math.max(...gaps);
}

const numbers = ({ values }: Result): number[] => values.map(Number);
const sameShape = (a: Result, b: Result): boolean => String(a.shape) === String(b.shape);
