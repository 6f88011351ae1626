import { type Answer, answersOf, type GroupKey, groupDifference } from './answers.js';
import { type Cell, isDone } from './cells.js';
import { type Block, type Inline, leaksMark, small } from './document/blocks.js';
import { counted, points, pointsInterval } from './format.js';
import { published } from './published.js';
import { leakOf, runLink } from './score-table.js';
import { differenceOfShares, holdsZero, type Interval } from './statistics/wilson.js';
import { bothProtocols, cellsOf } from './summary.js';
import { nameOf } from './variants.js';

/** A question about groups of clips: is one more often right than the other? */
export interface Question {
  name: string;
  key: GroupKey;
  groups: readonly [from: string, to: string];
  keep?: (answer: Answer) => boolean;
  /** The report's own answer. */
  theirs?: Interval & { difference: number };
}

const publishedDifference = (
  shares: Readonly<Record<string, number>>,
  examples: Readonly<Record<string, number>>,
  [from, to]: readonly [string, string],
) => {
  const side = (name: string) => ({ right: shares[name] * examples[name], examples: examples[name] });
  return differenceOfShares(side(from), side(to));
};

/** The questions that a corpus of these answers can be asked: the report's, then ours. */
export function questionsOf(answers: readonly Answer[]): Question[] {
  const has = (key: GroupKey, names: readonly string[]) =>
    names.every((name) => answers.some((answer) => answer[key] === name));
  const statements = [...new Set(answers.flatMap(({ statement }) => statement ?? []))].sort();
  const all: Question[] = [
    {
      name: 'strong − normal intensity',
      key: 'intensity',
      groups: ['normal', 'strong'],
      theirs: publishedDifference(published.intensity, published.intensityExamples, ['normal', 'strong']),
    },
    {
      name: 'strong − normal intensity, without neutral',
      key: 'intensity',
      groups: ['normal', 'strong'],
      keep: ({ label }) => label !== 'neutral',
    },
    {
      name: 'women − men',
      key: 'gender',
      groups: ['male', 'female'],
      theirs: publishedDifference(published.gender, published.genderExamples, ['male', 'female']),
    },
    ...(statements.length === 2
      ? [
          {
            name: `“${statements[0]}” − “${statements[1]}”`,
            key: 'statement' as const,
            groups: [statements[1], statements[0]] as const,
          },
        ]
      : []),
  ];
  return all.filter(({ key, groups }) => has(key, groups));
}

export const noiseOrNot = (interval: Interval | undefined): string =>
  !interval ? 'too few speakers to tell' : holdsZero(interval) ? 'noise: the interval holds 0' : 'beyond noise';

/** The report's differences and ours, with intervals, and whether they are noise. */
export function questionsTable(variant: string, questions: readonly Question[], cells: readonly Cell[]): Block {
  const sides = bothProtocols.map((protocol) => cellsOf(cells, variant, protocol));
  return {
    kind: 'table',
    id: 'group-differences',
    caption: 'Differences between groups, CNN + attention based LSTM: accuracy in percentage points, 95 % interval',
    columns: [
      { title: 'Difference' },
      { title: ['The report, paper (', leaksMark, ')'] },
      { title: ['Ours, paper (', leaksMark, ')'] },
      { title: 'Ours, speaker-independent' },
    ],
    rows: questions.map((question) => [
      question.name,
      question.theirs
        ? [points(question.theirs.difference), '\u00a0', leaksMark, ...intervalText(question.theirs)]
        : 'no number',
      ...sides.map((side) => differenceCell(question, side)),
    ]),
  };
}

/** The same questions to every recogniser, in short. */
export function questionsToAll(
  variants: readonly string[],
  questions: readonly Question[],
  cells: readonly Cell[],
): Block {
  const titles = questions.flatMap(({ name }) =>
    bothProtocols.map(
      (protocol): Inline =>
        protocol === 'paper' ? [`${name}, paper (`, leaksMark, ')'] : `${name}, speaker-independent`,
    ),
  );
  return {
    kind: 'table',
    id: 'group-differences-all',
    caption: 'The same differences for every recogniser',
    columns: [{ title: 'Model' }, ...titles.map((title) => ({ title }))],
    rows: variants.map((variant) => [
      nameOf(variant),
      ...questions.flatMap((question) =>
        bothProtocols.map((protocol) => differenceCell(question, cellsOf(cells, variant, protocol))),
      ),
    ]),
  };
}

function differenceCell({ key, groups, keep }: Question, cells: readonly Cell[]): Inline {
  const done = cells.filter(isDone);
  const found = groupDifference(answersOf(done).filter(keep ?? (() => true)), key, groups);
  if (!found) return small('no answers');
  return [runLink(points(found.difference), done), leakOf(done), ...intervalText(found.interval, found.speakers)];
}

const intervalText = (interval: Interval | undefined, speakers?: number): Inline[] => [
  '\n',
  small(
    [
      interval ? pointsInterval(interval) : 'no interval',
      ...(speakers === undefined ? [] : [counted(speakers, 'speaker')]),
      noiseOrNot(interval),
    ].join('; '),
  ),
];
