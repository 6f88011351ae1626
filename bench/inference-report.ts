import { median, min, quantile } from 'd3-array';
import { table } from '../pipeline/cli/table.js';
import { type ClipPerformance, inferencePeer, type Stages } from './inference-contest.js';
import type { StreamCost } from './inference-stream.js';
import type { WireSize } from './inference-wire.js';
import type { Machine } from './machine.js';
import { pairedRatio, type Ratio } from './statistics.js';

/** What a run of the bench found, as it is written to `inference.json`. */
export interface InferenceResult {
  command: string;
  date: string;
  machine: Machine;
  versions: Record<string, string>;
  rounds: number;
  repeat: number;
  model: string;
  clips: ClipResult[];
  /** Milliseconds from the process' start to its first answer, by contestant. */
  cold: Record<string, number[]>;
  streams: StreamCost[];
  wire: WireSize[];
}

export interface ClipResult {
  contestant: string;
  model: string;
  clip: string;
  label: string;
  p50: number;
  p95: number;
  /** Medians. */
  stages: Stages;
  /** How many times as fast as the peer, round by round. */
  ratio?: Ratio;
  milliseconds: number[][]; // (rounds, times)
}

export function summariseClips(performances: readonly ClipPerformance[]): ClipResult[] {
  const totals = ({ stages }: ClipPerformance) => stages.map((round) => round.map(({ total }) => total));
  const speeds = (performance: ClipPerformance) => totals(performance).map((round) => 1 / median(round)!);
  return performances.map((performance) => {
    const { contestant, model, clip, label, stages } = performance;
    const all = stages.flat();
    const peer = performances.find(
      (other) => other.contestant === inferencePeer && other.model === model && other.clip === clip,
    );
    const ofStage = (stage: keyof Stages) => median(all, (times) => times[stage])!;
    return {
      contestant,
      model,
      clip,
      label,
      p50: ofStage('total'),
      p95: quantile(all, 0.95, ({ total }) => total)!,
      stages: {
        decode: ofStage('decode'),
        resample: ofStage('resample'),
        features: ofStage('features'),
        model: ofStage('model'),
        total: ofStage('total'),
      },
      ...(peer && peer !== performance && { ratio: pairedRatio(speeds(performance), speeds(peer)) }),
      milliseconds: totals(performance),
    };
  });
}

const ms = (value: number) => value.toFixed(value < 10 ? 2 : 1);

function clipRows(clips: readonly ClipResult[]): string[][] {
  return [
    ['file takes', 'clip', 'contestant', 'p50 ms', 'p95 ms', 'decode', 'resample', 'features', 'model', '× peer'],
    ...clips.map(({ model, clip, contestant, p50, p95, stages, ratio }) => [
      model,
      clip,
      contestant,
      ms(p50),
      ms(p95),
      ms(stages.decode),
      ms(stages.resample),
      ms(stages.features),
      ms(stages.model),
      ratio ? `${ratio.median.toFixed(2)} (${ratio.min.toFixed(2)}–${ratio.max.toFixed(2)})` : '–',
    ]),
  ];
}

const coldRows = (cold: Record<string, number[]>): string[][] => [
  ['contestant', 'median ms', 'min ms'],
  ...Object.entries(cold).map(([name, times]) => [name, median(times)!.toFixed(0), min(times)!.toFixed(0)]),
];

const streamRows = (streams: readonly StreamCost[]): string[][] => [
  ['file takes', 'hop s', 'share of a core %', 'ms a second of sound'],
  ...streams.map(({ model, hopSeconds, millisecondsPerSecond }) => [
    model,
    String(hopSeconds),
    (millisecondsPerSecond / 10).toFixed(2),
    ms(millisecondsPerSecond),
  ]),
];

const wireRows = (wire: readonly WireSize[]): string[][] => [
  ['what', 'raw kB', 'gzip kB', 'brotli kB'],
  ...wire.map(({ what, raw, gzip, brotli }) => [
    what,
    ...[raw, gzip, brotli].map((bytes) => (bytes / 1000).toFixed(0)),
  ]),
];

function sections(result: InferenceResult): { title: string; note: string; rows: string[][] }[] {
  return [
    {
      title: 'A clip of 3 s, bytes to answer',
      note: `Each contestant is a process of its own with one thread a run; ${result.rounds} rounds, in each of which all answer every clip ${result.repeat} times in turn, after one that is not counted. Stages are medians. × peer: the ratio of the medians of a round, then the median of the rounds (least to greatest).`,
      rows: clipRows(result.clips),
    },
    {
      title: 'Cold start',
      note: 'From the start of the process to its first answer: libraries loaded, model opened, WAV of 48 kHz classified.',
      rows: coldRows(result.cold),
    },
    {
      title: 'A stream',
      note: 'recognizer.stream() over a minute of speech at 16 kHz, given as fast as it is taken; processor time of all threads.',
      rows: streamRows(result.streams),
    },
    {
      title: 'Over the wire',
      note: 'A page fetches serkit/web, one of the binaries of onnxruntime, and a model; the brotli of binaries is of quality 9.',
      rows: wireRows(result.wire),
    },
  ].filter(({ rows }) => rows.length > 1);
}

const heading = ({ machine, versions, date, model }: InferenceResult): string =>
  [
    `${machine.cpu}, ${machine.cores} cores, ${machine.memoryGb} GB, ${machine.platform}`,
    Object.entries(versions)
      .map(([name, version]) => `${name} ${version}`)
      .join(', '),
    `model: ${model}`,
    date,
  ].join('; ');

/** For the terminal. */
export const inferenceText = (result: InferenceResult): string =>
  [heading(result), ...sections(result).flatMap(({ title, rows }) => ['', title, '', table(rows)])].join('\n');

/** For `inference.md`. */
export function inferenceMarkdown(result: InferenceResult): string {
  const markdownTable = ([head, ...rows]: string[][]) =>
    [head, head.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n');
  return `${[
    '# Speed of inference',
    `Written by \`${result.command}\`; every time is in inference.json.`,
    heading(result),
    ...sections(result).flatMap(({ title, note, rows }) => [`## ${title}`, note, markdownTable(rows)]),
  ].join('\n\n')}\n`;
}
