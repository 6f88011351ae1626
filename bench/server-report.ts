import { median, rollups } from 'd3-array';
import { table } from '../pipeline/cli/table.js';
import type { Machine } from './machine.js';
import { type Load, serverPeer } from './server-contest.js';
import { pairedRatio, type Ratio } from './statistics.js';

/** What a run of the bench found, as it is written to `server.json`. */
export interface ServerResult {
  command: string;
  date: string;
  machine: Machine;
  versions: Record<string, string>;
  model: string;
  clipRateHz: number;
  workers: number;
  rounds: number;
  seconds: number;
  summary: LoadSummary[];
  loads: Load[];
}

/** Medians of the rounds. */
export interface LoadSummary extends Load {
  /** How many times as many requests a second as the peer, round by round. */
  ratio?: Ratio;
}

export function summariseLoads(loads: readonly Load[]): LoadSummary[] {
  const byClients = rollups(
    loads,
    (group) => [...group],
    ({ clients }) => clients,
    ({ contestant }) => contestant,
  );
  return byClients.flatMap(([clients, contestants]) => {
    const peer = contestants.find(([name]) => name === serverPeer)?.[1];
    const rates = (group: readonly Load[]) => group.map(({ requestsPerSecond }) => requestsPerSecond);
    return contestants.map(([contestant, group]) => ({
      contestant,
      clients,
      requestsPerSecond: median(rates(group))!,
      p50: median(group, ({ p50 }) => p50)!,
      p99: median(group, ({ p99 }) => p99)!,
      processorMillisecondsPerRequest: median(group, (load) => load.processorMillisecondsPerRequest),
      failed: group.reduce((sum, { failed }) => sum + failed, 0),
      ...(peer && contestant !== serverPeer && { ratio: pairedRatio(rates(group), rates(peer)) }),
    }));
  });
}

const rows = ({ summary }: ServerResult): string[][] => [
  ['clients', 'server', 'requests/s', 'p50 ms', 'p99 ms', 'CPU ms a request', 'failed', '× peer'],
  ...summary.map(
    ({ clients, contestant, requestsPerSecond, p50, p99, processorMillisecondsPerRequest, failed, ratio }) => [
      String(clients),
      contestant,
      requestsPerSecond.toFixed(1),
      p50.toFixed(0),
      p99.toFixed(0),
      processorMillisecondsPerRequest?.toFixed(1) ?? '–',
      String(failed),
      ratio ? `${ratio.median.toFixed(2)} (${ratio.min.toFixed(2)}–${ratio.max.toFixed(2)})` : '–',
    ],
  ),
];

const heading = ({ machine, versions, date, model }: ServerResult): string =>
  [
    `${machine.cpu}, ${machine.cores} cores, ${machine.memoryGb} GB, ${machine.platform}`,
    Object.entries(versions)
      .map(([name, version]) => `${name} ${version}`)
      .join(', '),
    `model: ${model}`,
    date,
  ].join('; ');

/** For the terminal. */
export const serverText = (result: ServerResult): string => `${heading(result)}\n\n${table(rows(result))}`;

/** For `server.md`. */
export function serverMarkdown(result: ServerResult): string {
  const [head, ...body] = rows(result);
  return `${[
    '# Speed of the server',
    `Written by \`${result.command}\`; every round is in server.json.`,
    heading(result),
    `A WAV of 3 s at ${result.clipRateHz / 1000} kHz as the body of each request; autocannon on the same machine. Each server has ${result.workers} worker${result.workers === 1 ? '' : 's'}, each with one thread a run of the model; ${result.rounds} rounds of ${result.seconds} s for each number of clients, the servers in turn. Medians of the rounds; × peer: the ratio of a round's requests/s, then the median (least to greatest).`,
    [head, head.map(() => '---'), ...body].map((row) => `| ${row.join(' | ')} |`).join('\n'),
  ].join('\n\n')}\n`;
}
