import { group } from 'd3-array';
import type { PredictionRow } from '../predictions.js';
import { type Cell, isDone } from './cells.js';
import { type Cluster, clusteredBootstrap } from './statistics/clustered-bootstrap.js';
import { type Interval, wilsonInterval } from './statistics/wilson.js';

/** One test example of one run, answered. */
export type Answer = PredictionRow & { right: boolean };

export type GroupKey = 'intensity' | 'gender' | 'speaker' | 'statement';

/** The answers of several runs: every test example once for each run that was tested on it. */
export const answersOf = (cells: readonly Cell[]): Answer[] =>
  cells
    .filter(isDone)
    .flatMap(({ predictions }) =>
      (predictions?.rows ?? []).map((row) => ({ ...row, right: row.predicted === row.label })),
    );

/** How many of a group's answers are right. */
export interface Share extends Interval {
  name: string;
  right: number;
  examples: number;
  share: number;
  speakers: number;
}

/** The share of right answers in each group, with Wilson's interval, in order of name; examples without the key are left out. */
export function sharesBy(answers: readonly Answer[], key: GroupKey): Share[] {
  const groups = [...group(answers, (answer) => answer[key])];
  return groups
    .flatMap(([name, members]) => (name === undefined ? [] : [shareOf(name, members)]))
    .sort((a, b) => a.name.localeCompare(b.name, 'en', { numeric: true }));
}

export function shareOf(name: string, answers: readonly Answer[]): Share {
  const right = answers.filter((answer) => answer.right).length;
  const examples = answers.length;
  const speakers = new Set(answers.map(speakerOf)).size;
  return { name, right, examples, share: right / examples, speakers, ...wilsonInterval(right, examples) };
}

export interface GroupDifference {
  from: string;
  to: string;
  /** Of the shares of right answers, `to` − `from`. */
  difference: number;
  /** 95 %, by a bootstrap over speakers; undefined where there are too few. */
  interval?: Interval;
  speakers: number;
}

/** How much more often the answers of one group are right than those of another. Undefined where one has none. */
export function groupDifference(
  answers: readonly Answer[],
  key: GroupKey,
  [from, to]: readonly [string, string],
): GroupDifference | undefined {
  const inEither = answers.filter((answer) => answer[key] === from || answer[key] === to);
  const clusters: Cluster[] = [...group(inEither, speakerOf).values()].map((members) => {
    const [a, b] = [from, to].map((name) => members.filter((answer) => answer[key] === name));
    const right = (list: readonly Answer[]) => list.filter((answer) => answer.right).length;
    const ofOneGroup = a.length === 0 || b.length === 0;
    const stratum = ofOneGroup ? (a.length === 0 ? to : from) : 'both';
    return { stratum, terms: [right(a), a.length, right(b), b.length] };
  });
  const figure = ([rightA, a, rightB, b]: ArrayLike<number> & Iterable<number>) => rightB / b - rightA / a;
  const sums = [0, 1, 2, 3].map((i) => clusters.reduce((sum, { terms }) => sum + terms[i], 0));
  if (sums[1] === 0 || sums[3] === 0) return undefined;
  return {
    from,
    to,
    difference: figure(sums),
    interval: clusteredBootstrap(clusters, figure, `${key}/${from}/${to}`),
    speakers: clusters.length,
  };
}

/** A clip of an unknown speaker stands for itself, with its copies. */
export const speakerOf = ({ speaker, clip }: PredictionRow): string => speaker ?? `clip ${clip}`;
