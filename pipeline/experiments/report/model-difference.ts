import { speakerOf } from './answers.js';
import { type Cell, type DoneCell, isDone } from './cells.js';
import { type Cluster, clusteredBootstrap } from './statistics/clustered-bootstrap.js';
import type { Interval } from './statistics/wilson.js';

/** What one model has over another, on the same test examples. */
export interface ModelDifference {
  /** Mean over the paired runs of model − baseline. */
  accuracy: number;
  accuracyInterval?: Interval;
  uar: number;
  uarInterval?: Interval;
  /** Of all paired examples, those that one of the two alone has right. */
  modelAlone: number;
  baselineAlone: number;
  examples: number;
  speakers: number;
  pairs: readonly { model: DoneCell; baseline: DoneCell }[];
}

/**
 * Two models run by run (the same fold and seed), example by example. The differences are those of the tables' means over
 * these runs; their intervals are by a bootstrap over speakers, who keep their clips of both models.
 *
 * @returns a sentence where they can't be compared so
 */
export function compareModels(
  model: readonly Cell[],
  baseline: readonly Cell[],
  purpose: string,
): ModelDifference | string {
  const withAnswers = (cells: readonly Cell[]) => cells.filter(isDone).filter(({ predictions }) => predictions);
  const baselines = new Map(withAnswers(baseline).map((cell) => [`${cell.fold}/${cell.seed}`, cell]));
  const pairs = withAnswers(model).flatMap((cell) => {
    const other = baselines.get(`${cell.fold}/${cell.seed}`);
    return other ? [{ model: cell, baseline: other }] : [];
  });
  if (pairs.length === 0) return 'no two runs of the same fold and seed have ended';
  const labels = pairs[0].model.predictions!.labels;
  const width = labels.length * 3;
  const clusters = new Map<string, number[]>();
  const alone = { model: 0, baseline: 0 };
  let examples = 0;
  for (const [p, { model, baseline }] of pairs.entries()) {
    const other = new Map(baseline.predictions!.rows.map((row) => [`${row.clip}\n${row.copy}`, row]));
    const rows = model.predictions!.rows;
    if (rows.length !== other.size || !rows.every(({ clip, copy }) => other.has(`${clip}\n${copy}`)))
      return 'they were tested on other examples';
    for (const row of rows) {
      const terms = clusters.get(speakerOf(row)) ?? Array.from({ length: pairs.length * width }, () => 0);
      clusters.set(speakerOf(row), terms);
      const at = p * width + labels.indexOf(row.label) * 3;
      const right = row.predicted === row.label;
      const otherRight = other.get(`${row.clip}\n${row.copy}`)!.predicted === row.label;
      terms[at]++;
      if (right) terms[at + 1]++;
      if (otherRight) terms[at + 2]++;
      if (right && !otherRight) alone.model++;
      if (otherRight && !right) alone.baseline++;
      examples++;
    }
  }
  const list: Cluster[] = [...clusters.values()].map((terms) => ({ stratum: '', terms }));
  const all = Float64Array.from({ length: pairs.length * width }, (_, i) =>
    list.reduce((sum, { terms }) => sum + terms[i], 0),
  );
  const accuracy = (terms: Float64Array) => meanOverRuns(terms, width, accuracyDifference);
  const uar = (terms: Float64Array) => meanOverRuns(terms, width, uarDifference);
  return {
    accuracy: accuracy(all),
    accuracyInterval: clusteredBootstrap(list, accuracy, purpose),
    uar: uar(all),
    uarInterval: clusteredBootstrap(list, uar, purpose),
    modelAlone: alone.model,
    baselineAlone: alone.baseline,
    examples,
    speakers: list.length,
    pairs,
  };
}

/** Mean over the runs that a resample has an example of. */
function meanOverRuns(terms: Float64Array, width: number, difference: (run: Float64Array) => number): number {
  let sum = 0;
  let runs = 0;
  for (let start = 0; start < terms.length; start += width) {
    const value = difference(terms.subarray(start, start + width));
    if (!Number.isFinite(value)) continue;
    sum += value;
    runs++;
  }
  return sum / runs;
}

function accuracyDifference(run: Float64Array): number {
  let [examples, gained] = [0, 0];
  for (let at = 0; at < run.length; at += 3) {
    examples += run[at];
    gained += run[at + 1] - run[at + 2];
  }
  return gained / examples;
}

function uarDifference(run: Float64Array): number {
  let [labels, gained] = [0, 0];
  for (let at = 0; at < run.length; at += 3) {
    if (run[at] === 0) continue;
    labels++;
    gained += (run[at + 1] - run[at + 2]) / run[at];
  }
  return gained / labels;
}
