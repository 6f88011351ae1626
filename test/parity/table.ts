import { readFileSync } from 'node:fs';
import { groups, max, rollups, sum } from 'd3-array';
import { type Comparison, wayText } from '../../pipeline/workflows/parity-ways.js';
import type { ParityRecord } from './record.js';

export const readRecord = (file: string): ParityRecord => JSON.parse(readFileSync(file, 'utf8'));

/** A comparison that took place. */
type Compared = Extract<Comparison, { clips: number }>;

const isCompared = <T extends Comparison>(each: T): each is Extract<T, { clips: number }> => each.outcome !== 'skipped';

const columns: readonly { title: string; of: (each: Comparison) => boolean }[] = [
  { title: 'features', of: ({ input, precision }) => input === 'features' && precision === 'fp32' },
  { title: 'waveform', of: ({ input, precision }) => input === 'waveform' && precision === 'fp32' },
  { title: 'fp16', of: ({ precision }) => precision === 'fp16' },
  { title: 'int8', of: ({ precision }) => precision === 'int8' },
];

/** The table of the README: a line for each runtime, all models together. */
export function readmeBlock(record: ParityRecord): string {
  const { comparisons, models, reference, date, machine, data } = record;
  const rows = groups(comparisons, ({ runtime }) => runtime).map(([runtime, all]) =>
    row([runtime, ...columns.map(({ of }) => cell(all.filter(of)))]),
  );
  return [
    row([`Against ${reference}`, ...columns.map(({ title }) => title)]),
    row(['---', ...columns.map(() => '---')]),
    ...rows,
    '',
    `Same labels of clips asked, and the largest \`|Δp|\`, of the trained ${models.map(({ name }) => `\`${name}\``).join(', ')} on`,
    `${data}. Allowed in float32: 1e-5, from a waveform 2e-5, on a GPU 1e-3, and the same label wherever the two best differ by more`,
    'than twice that; of fp16 and int8 the change is told. WebGPU ran on software adapters, on fewer clips; –: skipped.',
    `Each model, and what was skipped and why: [docs/parity.md](docs/parity.md). Seen on ${date}, ${machine}.`,
  ].join('\n');
}

/** All of a runtime's comparisons of a kind: `312 of 312, 2.8e-7`. */
function cell(all: readonly Comparison[]): string {
  const compared = all.filter(isCompared);
  if (compared.length === 0) return all.length === 0 ? '' : '–';
  const largest = max(compared, ({ largestDifference }) => largestDifference)!;
  return `${sum(compared, ({ sameLabel }) => sameLabel)} of ${sum(compared, ({ clips }) => clips)}, ${largest.toExponential(1)}`;
}

/** docs/parity.md: every comparison, and how it was made. */
export function page(record: ParityRecord): string {
  const { models, comparisons, reference, date, machine, versions, data, command } = record;
  const compared = comparisons.filter(isCompared);
  const skipped = rollups(
    comparisons.flatMap((each) => (each.outcome === 'skipped' ? [each] : [])),
    (all) => [...new Set(all.map(({ model, input }) => `\`${model}\` by ${input}`))].join(', '),
    ({ runtime, precision, reason }) => `${runtime}, ${precision}: ${reason}`,
  );
  return `# One answer everywhere

Made by \`npm run parity:table\` from bench/results/parity.json, which \`npm run parity:measure\` writes. Not to be edited.

Every clip's probabilities by ${reference} from Meyda's features, in plain JavaScript, against those of each runtime, from the same
samples. "Same label" is asked of every clip whose two best probabilities differ by more than twice what is allowed; the others are
undecided. Allowed: 1e-5 from features on a processor, 2e-5 from a waveform, 1e-3 on a GPU. What fp16 and int8 change is told, not judged.

- Models: ${models.map(({ name, parameters, trainedOn }) => `\`${name}\` (${parameters.toLocaleString('en')} parameters; ${trainedOn})`).join(', ')}
- Clips: ${data}; GPUs got fewer, since these are software adapters (Mesa's lavapipe in Node, SwiftShader in Chromium)
- Machine: ${machine}, shared; ${date}
- Versions: ${Object.entries(versions)
    .map(([name, version]) => `${name} ${version}`)
    .join(', ')}
- Command: \`${command}\`

${skipped.length > 0 ? `Skipped, and so untried here:\n\n${skipped.map(([what, models]) => `- ${what} (${models})`).join('\n')}\n\n` : ''}${groups(
  compared,
  ({ model }) => model,
)
  .map(([model, all]) => `## ${model}\n\n${modelTable(all)}`)
  .join('\n\n')}
`;
}

const modelTable = (all: readonly Compared[]): string =>
  [
    row(['Compared', 'Clips', 'Same label', 'Undecided', 'Largest \\|Δp\\|', 'Allowed', 'Outcome']),
    row(['---', '---:', '---:', '---:', '---:', '---:', '---']),
    ...all.map((each) =>
      row([
        ...[wayText(each), each.clips, each.sameLabel, each.undecided.length, each.largestDifference.toExponential(1)],
        ...['tolerance' in each ? each.tolerance.toExponential() : 'any', each.outcome],
      ]),
    ),
  ].join('\n');

const row = (cells: readonly (string | number)[]): string => `| ${cells.join(' | ')} |`;

const markers = ['<!-- parity:begin -->', '<!-- parity:end -->'] as const;

/** A text with what stands between the markers replaced. @throws RangeError where it has no markers */
export function withBlock(text: string, block: string): string {
  const [begin, end] = markers.map((marker) => text.indexOf(marker));
  if (begin < 0 || end < begin)
    throw new RangeError(`README.md: ${markers.join(' and ')} are not there, in this order`);
  return `${text.slice(0, begin)}${markers[0]}\n${block}\n${text.slice(end)}`;
}
