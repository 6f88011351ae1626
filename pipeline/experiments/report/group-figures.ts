import type { Protocol } from '../../datasets/split.js';
import { shareDotsSpec } from '../charts/share-dots.js';
import { type Answer, answersOf, type GroupKey, type Share, shareOf, sharesBy } from './answers.js';
import { type Cell, isDone } from './cells.js';
import { type Block, type Inline, leaksMark, note, type Picture, small } from './document/blocks.js';
import { counted, percent, percentInterval } from './format.js';
import { runLink, whyNone } from './score-table.js';
import { wilsonInterval } from './statistics/wilson.js';
import { bothProtocols, cellsOf, overWhat, protocolName } from './summary.js';

/** Published shares of right answers by group, and how many examples each group had. */
export interface PublishedGroups {
  shares: Readonly<Record<string, number>>;
  examples: Readonly<Record<string, number>>;
}

interface GroupText {
  id: string;
  /** `Figure 27`. */
  figure: string;
  /** `emotion intensity`. */
  what: string;
  key: GroupKey;
  keep?: (answer: Answer) => boolean;
  published?: PublishedGroups;
}

/** How often a variant is right in each group, under both protocols: a picture for each, and one table. */
export function groupBlocks(variant: string, text: GroupText, cells: readonly Cell[]): Block[] {
  const { id, figure, what, key, keep, published } = text;
  const sides = bothProtocols.map((protocol) => {
    const own = cellsOf(cells, variant, protocol);
    const answers = answersOf(own).filter(keep ?? (() => true));
    return { protocol, cells: own, answers, shares: sharesBy(answers, key) };
  });
  const drawn = sides.filter(({ shares }) => shares.length > 0);
  if (drawn.length === 0) return [note(`${figure}. Correctness by ${what}: `, ...noShares(sides, key))];
  const pictures = drawn.map(({ protocol, answers, shares }): Picture => {
    const leaking = protocol === 'paper';
    const theirs = leaking && published ? 'the report, paper (leaks)' : undefined;
    const dots = shares.map((share) => ({ ...share, published: theirs && publishedDot(published, share.name) }));
    const title = protocolName(protocol);
    return {
      name: `${id}-${protocol}`,
      description: `Share of right answers by ${what}, ${title}: ${shares.map(shareText).join('; ')}.`,
      spec: shareDotsSpec(dots, {
        title,
        ours: `ours, ${title}`,
        theirs,
        overall: shareOf('', answers).share,
      }),
    };
  });
  const names = [...new Set(drawn.flatMap(({ shares }) => shares.map(({ name }) => name)))].sort((a, b) =>
    a.localeCompare(b, 'en', { numeric: true }),
  );
  const caption: Inline = [
    `${figure}. Correctness by ${what}, CNN + attention based LSTM; in brackets the examples, the dashed line is the share of all`,
  ];
  return [
    { kind: 'figure', id, caption, pictures },
    {
      kind: 'table',
      id: `${id}-table`,
      caption: `Right answers by ${what}, with Wilson’s 95 % interval`,
      columns: [
        { title: what },
        ...(published ? [{ title: ['The report, paper (', leaksMark, ')'] }] : []),
        { title: ['Ours, paper (', leaksMark, ')'] },
        { title: 'Ours, speaker-independent' },
      ],
      rows: names.map((name) => [
        name,
        ...(published ? [publishedCell(published, name)] : []),
        ...sides.map((side) => shareCell(side, name)),
      ]),
    },
  ];
}

type Side = { protocol: Protocol; cells: readonly Cell[]; shares: readonly Share[] };

function shareCell({ protocol, cells, shares }: Side, name: string): Inline {
  const share = shares.find((one) => one.name === name);
  const done = cells.filter(isDone);
  if (!share) return done.length === 0 ? whyNone(cells) : small('not among the test clips');
  return [
    runLink(percent(share.share), done),
    protocol === 'paper' ? ['\u00a0', leaksMark] : '',
    ' ',
    small(`${percentInterval(share)}; ${share.right} of ${share.examples}, ${overWhat(done)}`),
  ];
}

const publishedDot = (published: PublishedGroups | undefined, name: string) => {
  const share = published?.shares[name];
  if (!published || share === undefined) return undefined;
  const examples = published.examples[name];
  return { share, ...wilsonInterval(Math.round(share * examples), examples) };
};

function publishedCell(published: PublishedGroups, name: string): Inline {
  const dot = publishedDot(published, name);
  if (!dot) return 'no number';
  const interval = `${percentInterval(dot)}; of about ${published.examples[name]}`;
  return [`${(100 * dot.share).toFixed(2)} %\u00a0`, leaksMark, ' ', small(interval)];
}

const shareText = ({ name, share, low, high, examples }: Share): string =>
  `${name} ${percent(share)} (${percentInterval({ low, high })}) of ${examples}`;

/** Why there are no groups, for each protocol. */
function noShares(sides: readonly Side[], key: GroupKey): Inline[] {
  return sides.map(({ protocol, cells }) => {
    const done = cells.filter(isDone);
    const name = protocolName(protocol);
    if (done.length === 0) return [`${name}: `, whyNone(cells), '. '];
    if (!done.some(({ predictions }) => predictions))
      return `${name}: ${counted(done.length, 'run')} without predictions.csv. `;
    return `${name}: the corpus does not say the ${key}. `;
  });
}
