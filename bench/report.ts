import { mean, median, min } from 'd3-array';
import { table } from '../pipeline/cli/table.js';
import { percent } from '../pipeline/workflows/reporter.js';
import { yardsticks } from './contestants.js';
import type { Absence, Performance } from './rounds.js';
import { pairedRatio, type Ratio, throughput } from './statistics.js';

/** What a run of the bench found, as it is written to `train.json`. */
export interface BenchResult {
  command: string;
  date: string;
  machine: { cpu: string; cores: number; memoryGb: number; platform: string };
  versions: Record<string, string>;
  rounds: number;
  steps: number;
  networks: NetworkResult[];
}

export interface NetworkResult {
  model: string;
  parameters: number;
  /** Of a training step, for one example. */
  gflopPerExample: number;
  contestants: ContestantResult[];
  absent: Absence[];
}

export interface ContestantResult {
  name: string;
  description: string;
  device: string;
  batch: number;
  stepMilliseconds: { median: number; min: number };
  samplesPerSecond: number;
  gflopPerSecond: number;
  /** How many times as fast as each yardstick, in examples a second. */
  ratios: Record<string, Ratio>;
  waitingShare?: number;
  peakMemoryMb: number;
  /** Means of the first and the last round: single steps jump, dropout being at work. */
  loss: { first: number; last: number };
  milliseconds: number[][]; // (rounds, steps)
}

/** Figures of every contestant from its steps, and its ratios to the yardsticks that took part. */
export function summarise(performances: readonly Performance[], gflopPerExample: number): ContestantResult[] {
  const speeds = new Map(
    performances.map(({ contestant, milliseconds }) => [contestant.name, throughput(milliseconds, contestant.batch)]),
  );
  return performances.map(({ contestant, device, milliseconds, losses, waitingShare, peakMemoryBytes }) => {
    const { name, description, batch } = contestant;
    const medianMs = median(milliseconds.flat())!;
    const samplesPerSecond = batch / (medianMs / 1000);
    const present = yardsticks.filter((yardstick) => speeds.has(yardstick) && yardstick !== name);
    return {
      name,
      description,
      device,
      batch,
      stepMilliseconds: { median: medianMs, min: min(milliseconds.flat())! },
      samplesPerSecond,
      gflopPerSecond: samplesPerSecond * gflopPerExample,
      ratios: Object.fromEntries(
        present.map((yardstick) => [yardstick, pairedRatio(speeds.get(name)!, speeds.get(yardstick)!)]),
      ),
      waitingShare,
      peakMemoryMb: peakMemoryBytes / 2 ** 20,
      loss: { first: mean(losses[0])!, last: mean(losses.at(-1)!)! },
      milliseconds,
    };
  });
}

/** What the columns mean, and how it was measured. */
export function method({ rounds, steps }: BenchResult): string[] {
  return [
    `Each contestant is a process of its own, warmed up by two steps; ${rounds} rounds, in each of which all train ${steps} step${steps === 1 ? '' : 's'} in turn, after one that is not counted, while the others wait.`,
    'Step: median of all counted steps, and the shortest. Samples/s: from the median. GFLOP/s: multiply-adds of convolutions, dense and recurrent layers × 2, × 3 for a training step (forward, gradients of input and kernel). × a contestant: samples/s against its samples/s in the same round, then the median of the rounds. Waits: share of the time in which a step waits for its batch. Memory: the most that the process held. Loss: mean of the first round → of the last; ours begins each round with a new optimiser, so it moves faster at first: a check that it falls, not a comparison.',
  ];
}

function rowsOf(network: NetworkResult): string[][] {
  const present = yardsticks.filter((name) => network.contestants.some((contestant) => contestant.name === name));
  return [
    [
      'contestant',
      'device',
      'batch',
      'step ms',
      'min ms',
      'samples/s',
      'GFLOP/s',
      ...present.map((name) => `× ${name}`),
      'waits',
      'memory MB',
      'loss',
    ],
    ...network.contestants.map((contestant) => [
      contestant.name,
      contestant.device,
      String(contestant.batch),
      contestant.stepMilliseconds.median.toFixed(0),
      contestant.stepMilliseconds.min.toFixed(0),
      contestant.samplesPerSecond.toPrecision(3),
      contestant.gflopPerSecond.toPrecision(3),
      ...present.map((name) => contestant.ratios[name]?.median.toFixed(2) ?? '–'),
      contestant.waitingShare === undefined ? '–' : percent(contestant.waitingShare),
      contestant.peakMemoryMb.toFixed(0),
      `${contestant.loss.first.toFixed(2)} → ${contestant.loss.last.toFixed(2)}`,
    ]),
  ];
}

const title = ({ model, parameters, gflopPerExample }: NetworkResult): string =>
  `${model}: ${parameters.toLocaleString('en')} parameters, ${gflopPerExample.toFixed(3)} GFLOP an example and step`;

const absences = ({ absent }: NetworkResult): string[] =>
  absent.map(({ name, reason, mend }) => `not here: ${name}: ${reason} (${mend})`);

const machineText = ({ machine, versions, date }: BenchResult): string =>
  [
    `${machine.cpu}, ${machine.cores} cores, ${machine.memoryGb} GB, ${machine.platform}`,
    Object.entries(versions)
      .map(([name, version]) => `${name} ${version}`)
      .join(', '),
    date,
  ].join('; ');

/** For the terminal. */
export function benchText(result: BenchResult): string {
  return [
    machineText(result),
    ...result.networks.flatMap((network) => ['', title(network), '', table(rowsOf(network)), ...absences(network)]),
  ].join('\n');
}

/** For `train.md`. */
export function benchMarkdown(result: BenchResult): string {
  const markdownTable = ([head, ...rows]: string[][]) =>
    [head, head.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n');
  return `${[
    '# Speed of a training step',
    `Written by \`${result.command}\`; every step's time is in train.json.`,
    machineText(result),
    ...method(result),
    ...result.networks.flatMap((network) => [
      `## ${title(network)}`,
      markdownTable(rowsOf(network)),
      spread(network),
      ...absences(network),
    ]),
  ]
    .filter((part) => part !== '')
    .join('\n\n')}\n`;
}

/** How far the rounds' ratios lie apart, for those of ours. */
function spread({ contestants }: NetworkResult): string {
  return contestants
    .filter(({ name }) => name.startsWith('serkit'))
    .flatMap(({ name, ratios }) =>
      Object.entries(ratios).map(
        ([yardstick, ratio]) =>
          `${name} × ${yardstick}: ${ratio.median.toFixed(2)} (rounds: ${ratio.min.toFixed(2)} to ${ratio.max.toFixed(2)})`,
      ),
    )
    .join('; ');
}
