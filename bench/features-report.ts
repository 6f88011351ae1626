import { median, min } from 'd3-array';
import { table } from '../pipeline/cli/table.js';
import { frameCount, melTask } from './features-task.js';
import { pairedRatio, type Ratio } from './statistics.js';

export interface Performance {
  name: string;
  milliseconds: number[][]; // (rounds, times)
}

export interface FeaturesBenchResult {
  command: string;
  date: string;
  machine: string;
  versions: Record<string, string>;
  /** Length of the signal. */
  seconds: number;
  rounds: number;
  times: number;
  contestants: FeaturesContestant[];
  absent: { name: string; reason: string }[];
}

interface FeaturesContestant extends Performance {
  medianMilliseconds: number;
  microsecondsPerFrame: number;
  /** Seconds of sound in a second: of the median, and of the shortest time. */
  timesRealTime: number;
  bestTimesRealTime: number;
  /** How many times as fast as each of the others, by the rounds' medians. */
  ratios: Record<string, Ratio>;
}

export function summarise(performances: readonly Performance[], seconds: number): FeaturesContestant[] {
  const frames = frameCount(seconds * melTask.sampleRateHz);
  const speeds = new Map(
    performances.map(({ name, milliseconds }) => [name, milliseconds.map((times) => seconds / median(times)!)]),
  );
  return performances.map((performance) => {
    const { name, milliseconds } = performance;
    const medianMilliseconds = median(milliseconds.flat())!;
    const others = [...speeds].filter(([other]) => other !== name);
    return {
      ...performance,
      medianMilliseconds,
      microsecondsPerFrame: (1000 * medianMilliseconds) / frames,
      timesRealTime: (1000 * seconds) / medianMilliseconds,
      bestTimesRealTime: (1000 * seconds) / min(milliseconds.flat())!,
      ratios: Object.fromEntries(others.map(([other, speed]) => [other, pairedRatio(speeds.get(name)!, speed)])),
    };
  });
}

function rowsOf({ contestants }: FeaturesBenchResult): string[][] {
  const names = contestants.map(({ name }) => name);
  return [
    ['library', 'ms', 'µs a frame', '× real time', 'at best', ...names.map((name) => `× ${name}`)],
    ...contestants.map((contestant) => [
      contestant.name,
      contestant.medianMilliseconds.toFixed(1),
      contestant.microsecondsPerFrame.toFixed(2),
      contestant.timesRealTime.toFixed(0),
      contestant.bestTimesRealTime.toFixed(0),
      ...names.map((name) => contestant.ratios[name]?.median.toPrecision(3) ?? '–'),
    ]),
  ];
}

const machineText = ({ machine, versions, date }: FeaturesBenchResult): string =>
  [machine, ...Object.entries(versions).map(([name, version]) => `${name} ${version}`), date].join(', ');

const method = ({ seconds, rounds, times }: FeaturesBenchResult): string => {
  const { windowSamples, hopSamples, sampleRateHz, melBands } = melTask;
  return (
    `ln(1 + mel spectrogram) of ${seconds} s of noise: window ${windowSamples}, hop ${hopSamples}, ${sampleRateHz} Hz, ` +
    `${melBands} bands, on one thread. Each library is a process of its own; ${rounds} rounds, in each of which every one ` +
    `computes it ${times} times in turn, after once that does not count (Meyda once, as it takes seconds). ms: median of all. × a library: the median of the ` +
    "rounds' ratios. serkit's and Meyda's numbers are the same (test/features/frames.test.ts); the others' filters differ."
  );
};

const absences = ({ absent }: FeaturesBenchResult): string[] =>
  absent.map(
    ({ name, reason }) =>
      `not here: ${name}: ${reason} (pip install -r bench/peers/features_requirements.txt, and SERKIT_BENCH_PYTHON names the python that has it)`,
  );

/** For the terminal. */
export const featuresText = (result: FeaturesBenchResult): string =>
  [machineText(result), '', table(rowsOf(result)), ...absences(result)].join('\n');

/** For `features.md`. */
export function featuresMarkdown(result: FeaturesBenchResult): string {
  const [head, ...rows] = rowsOf(result);
  return `${[
    '# Speed of a mel spectrogram',
    `Written by \`${result.command}\`; every time is in features.json.`,
    machineText(result),
    method(result),
    [head, head.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n'),
    ...absences(result),
  ].join('\n\n')}\n`;
}
