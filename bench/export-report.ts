import { table } from '../pipeline/cli/table.js';
import { type Attempt, isRight, type Trial } from './export-trial.js';

/** What a run of the bench found, as it is written to `export.json`. */
export interface ExportBenchResult {
  command: string;
  date: string;
  machine: string;
  versions: Record<string, string>;
  opset: number;
  rounds: number;
  trials: Trial[];
}

/** What the columns mean, and how it was measured. */
const method = ({ rounds }: ExportBenchResult): string[] => [
  'Each model is read from its model.json and converted once, in the process that converted those above it (the first is cold); seconds are of the conversion alone, without reading, writing or importing libraries. Nodes: those inside of branches and loops too.',
  `ms: one inference with the model’s first example on one thread of onnxruntime, the median of ${rounds} rounds of three; the files of one model take turns. × tf2onnx: inferences a second of serkit’s file against tf2onnx’s, in the same round, then the median of the rounds, where both answer rightly. Δ tfjs and Δ TensorFlow: the largest difference from TensorFlow.js, and from TensorFlow before the model was converted to TensorFlow.js, over all examples, as a share of the largest number of that output.`,
];

const number = (value: number | undefined, format: (value: number) => string): string =>
  value === undefined ? '–' : format(value);

const cells = ({ nodes, bytes, seconds, milliseconds, gap = {} }: Attempt): string[] => [
  number(nodes, String),
  number(bytes, (value) => (value / 1e6).toFixed(value < 1e5 ? 3 : 2)),
  number(seconds, (value) => value.toFixed(2)),
  number(milliseconds, (value) => value.toPrecision(3)),
  number(gap.tfjs, (value) => value.toExponential(0)),
  number(gap.tensorflow, (value) => value.toExponential(0)),
];

const headings = ['nodes', 'MB', 'export s', 'ms', 'Δ tfjs', 'Δ TensorFlow'];

function rowsOf({ trials }: ExportBenchResult): string[][] {
  const peers = trials.some(({ tf2onnx }) => tf2onnx);
  return [
    ['model', ...headings, ...(peers ? [...headings.map((text) => `tf2onnx ${text}`), '× tf2onnx'] : [])],
    ...trials.map(({ model, serkit, tf2onnx = {}, timesTf2onnx }) => [
      model,
      ...cells(serkit),
      ...(peers ? [...cells(tf2onnx), number(timesTf2onnx?.median, (value) => value.toFixed(2))] : []),
    ]),
  ];
}

/** Who refused what or answers wrongly, and how many. */
function refusals({ trials }: ExportBenchResult): string[] {
  const lines = (who: string, attempts: (Attempt | undefined)[]): string[] => {
    const tried = attempts.filter((attempt) => attempt !== undefined).length;
    const failed = trials.flatMap(({ model }, i) => {
      const attempt = attempts[i];
      if (!attempt || isRight(attempt)) return [];
      return [`${who}: ${model}: ${attempt.refused ?? 'the file runs and gives other answers'}`];
    });
    return tried === 0
      ? []
      : [`${who}: ${tried - failed.length} of ${tried} models exported, run and right.`, ...failed];
  };
  return [
    ...lines(
      'serkit',
      trials.map(({ serkit }) => serkit),
    ),
    ...lines(
      'tf2onnx',
      trials.map(({ tf2onnx }) => tf2onnx),
    ),
    ...trials.flatMap(({ model, tfjsRefuses }) =>
      tfjsRefuses ? [`TensorFlow.js itself: ${model}: ${tfjsRefuses}`] : [],
    ),
  ];
}

const machineText = ({ machine, versions, date }: ExportBenchResult): string =>
  [
    machine,
    Object.entries(versions)
      .map(([name, version]) => `${name} ${version}`)
      .join(', '),
    date,
  ].join('; ');

/** For the terminal. */
export const exportText = (result: ExportBenchResult): string =>
  [machineText(result), '', table(rowsOf(result)), '', ...refusals(result)].join('\n');

/** For `export.md`. */
export function exportMarkdown(result: ExportBenchResult): string {
  const [head, ...rows] = rowsOf(result);
  const lines = [head, head.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |`);
  return `${[
    '# Export to ONNX',
    `Written by \`${result.command}\`; opset ${result.opset}.`,
    machineText(result),
    ...method(result),
    lines.join('\n'),
    ...refusals(result).map((line) => `- ${line.replaceAll('|', '\\|')}`),
  ].join('\n\n')}\n`;
}
