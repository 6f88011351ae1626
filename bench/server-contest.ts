import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import autocannon from 'autocannon';
import type { Reporter } from '../pipeline/workflows/reporter.js';
import { processMilliseconds } from './process-time.js';

export const serverPeer = 'FastAPI + onnxruntime';

interface ServerContestant {
  name: string;
  command(port: number): readonly [program: string, ...args: string[]];
  environment: NodeJS.ProcessEnv;
  workingFolder?: string;
}

/** Both have as many workers, each of which computes with one thread. */
export function serverContestants(model: string, workers: number, peers: boolean): ServerContestant[] {
  const here = import.meta.dirname; // dist/bench
  const oneThread = { OMP_NUM_THREADS: '1', OPENBLAS_NUM_THREADS: '1', NUMBA_NUM_THREADS: '1' };
  const ours: ServerContestant = {
    name: 'serkit serve',
    command: (port) => [
      process.execPath,
      ...[join(here, '..', 'pipeline', 'cli', 'main.js'), 'serve', model, '--port', String(port)],
      ...['--workers', String(workers), '--log-level', 'error', '--max-queue', '1024'],
    ],
    environment: {},
  };
  const peer: ServerContestant = {
    name: serverPeer,
    command: (port) => [
      process.env.SERKIT_BENCH_PYTHON ?? 'python3',
      ...['-m', 'uvicorn', 'fastapi_server:app', '--port', String(port)],
      ...['--workers', String(workers), '--log-level', 'warning'],
    ],
    environment: { ...oneThread, MODEL: model },
    workingFolder: join(here, '..', '..', 'bench', 'peers'),
  };
  return peers ? [ours, peer] : [ours];
}

/** One round of one contestant at one number of clients. */
export interface Load {
  contestant: string;
  clients: number;
  requestsPerSecond: number;
  p50: number;
  p99: number;
  /** Of all its processes; absent where that cannot be told. */
  processorMillisecondsPerRequest?: number;
  /** Answers that were none: other statuses, errors, time out. */
  failed: number;
}

interface Contest {
  clip: string;
  clients: readonly number[];
  rounds: number;
  seconds: number;
}

/** Not counted: Python compiles and imports some of it on the first requests, in each of its processes. */
const WARM_UP_SECONDS = 15;

/** All servers run throughout and are loaded in turn; who waits costs nothing. */
export async function competeOnLoad(
  contestants: readonly ServerContestant[],
  { clip, clients, rounds, seconds }: Contest,
  reporter: Reporter,
): Promise<Load[]> {
  const body = await readFile(clip);
  const servers: { name: string; url: string; child: ChildProcess }[] = [];
  const loads: Load[] = [];
  try {
    for (const contestant of contestants) servers.push(await start(contestant));
    for (const { url } of servers) await load(url, body, 8, WARM_UP_SECONDS);
    for (let round = 0; round < rounds; round++)
      for (const count of clients)
        for (const { name, url, child } of servers) {
          reporter.progress('load', round, rounds, `${name}, ${count} clients`);
          const before = processMilliseconds(child.pid!);
          const { requests, latency, non2xx, errors, timeouts } = await load(url, body, count, seconds);
          const failed = non2xx + errors + timeouts;
          const answered = Math.max(0, requests.total - non2xx);
          const requestsPerSecond = answered / seconds;
          const after = processMilliseconds(child.pid!);
          const spent = before === undefined || after === undefined ? undefined : after - before;
          const cost = spent === undefined ? {} : { processorMillisecondsPerRequest: spent / requests.total };
          loads.push({
            contestant: name,
            clients: count,
            requestsPerSecond,
            p50: latency.p50,
            p99: latency.p99,
            ...cost,
            failed,
          });
        }
    reporter.progress('load', rounds, rounds);
    return loads;
  } finally {
    for (const { child } of servers) {
      child.kill('SIGTERM');
      const late = setTimeout(() => child.kill('SIGKILL'), 10_000);
      if (child.exitCode === null && child.signalCode === null) await once(child, 'close');
      clearTimeout(late);
    }
  }
}

const load = (url: string, body: Buffer, connections: number, duration: number): Promise<autocannon.Result> =>
  autocannon({
    url: `${url}/v1/classify`,
    method: 'POST',
    headers: { 'content-type': 'audio/wav' },
    body,
    connections,
    duration,
    timeout: 60,
  });

async function start({ name, command, environment, workingFolder }: ServerContestant) {
  const port = await freePort();
  const [program, ...args] = command(port);
  const child = spawn(program, args, {
    cwd: workingFolder,
    env: { ...process.env, ...environment },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const url = `http://127.0.0.1:${port}`;
  const failed = once(child, 'close').then(() => Promise.reject(new Error(`${name}: did not start`)));
  await Promise.race([until(url), failed]);
  failed.catch(() => {});
  return { name, url, child };
}

async function until(url: string): Promise<void> {
  for (let tries = 0; tries < 600; tries++) {
    const answer = await fetch(`${url}/healthz`).catch(() => undefined);
    if (answer?.ok) return;
    await delay(100);
  }
  throw new Error(`${url}: no answer within a minute`);
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, 'close');
  return port;
}
