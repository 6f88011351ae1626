import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ServerOptions } from '../../../inference/server/index.js';
import type { ProblemBody } from '../../../inference/server/problem.js';
import { encodeWav } from '../../../pipeline/audio/index.js';
import { fromRoot } from '../../support/paths.js';
import { tinyFile } from '../tiny.js';
import { tinyWaveformFile } from '../tiny-waveform.js';
import type { Command } from './serve-process.js';

export interface Serving {
  url: string;
  /** Where its models lie. */
  folder: string;
  process: ChildProcess;
  /** What it has written to stderr: the log, a JSON document a line. */
  log(): string;
  ask<Answer = unknown>(command: Command): Promise<Answer>;
  stop(): Promise<void>;
}

/** A server as a process of its own, with the tiny models `features` and `waveform`, on any free port. */
export async function serveTiny(options: Partial<ServerOptions> = {}): Promise<Serving> {
  const folder = mkdtempSync(join(tmpdir(), 'serkit-server-'));
  writeFileSync(join(folder, 'features.onnx'), await tinyFile());
  writeFileSync(join(folder, 'waveform.onnx'), await tinyWaveformFile());
  const given = { models: [folder], port: 0, workers: 2, watchSeconds: 0, ...options } satisfies ServerOptions;
  const child = fork(fromRoot('dist/test/inference/server/serve-process.js'), [JSON.stringify(given)], {
    execArgv: ['--expose-gc'],
    stdio: ['ignore', 'inherit', 'pipe', 'ipc'],
  });
  let log = '';
  child.stderr!.on('data', (text) => (log += text));
  const waiting = new Map<number, (answer: unknown) => void>();
  child.on('message', ({ id, answer }: { id: number; answer: unknown }) => waiting.get(id)?.(answer));
  const answerTo = <Answer>(id: number) =>
    new Promise<Answer>((resolve, reject) => {
      waiting.set(id, (answer) => resolve(answer as Answer));
      child.once('exit', (code) => reject(new Error(`the server's process ended (${code}): ${log}`)));
    });
  const url = await answerTo<string>(0);
  let lastId = 0;
  return {
    url,
    folder,
    process: child,
    log: () => log,
    ask<Answer>(command: Command) {
      const answered = answerTo<Answer>(++lastId);
      child.send({ id: lastId, command });
      return answered;
    },
    async stop() {
      if (child.exitCode === null && child.signalCode === null) {
        const ended = once(child, 'exit');
        child.disconnect();
        await ended;
      }
      rmSync(folder, { recursive: true });
    },
  };
}

export const tone = (seconds: number, rateHz = 8000, hertz = 440): Float32Array =>
  Float32Array.from({ length: seconds * rateHz }, (_, i) => 0.3 * Math.sin((2 * Math.PI * hertz * i) / rateHz));

let slow: Uint8Array | undefined;

/** A recording that takes its worker some tenths of a second: long, and of a rate that only SpeexDSP resamples from. */
export function slowWav(): Uint8Array {
  slow ??= encodeWav(tone(60, 47_999), 47_999);
  return slow;
}

/** Asks until it is so, and fails where that takes half a minute. */
export async function until(isSo: () => Promise<boolean>): Promise<void> {
  for (const start = performance.now(); !(await isSo()); await new Promise((resolve) => setTimeout(resolve, 5)))
    if (performance.now() - start > 30_000) throw new Error('waited in vain');
}

export const post = (
  url: string,
  body: Uint8Array | FormData | string,
  headers: Record<string, string> = {},
  signal?: AbortSignal,
): Promise<Response> =>
  fetch(url, { method: 'POST', body: body instanceof Uint8Array ? new Uint8Array(body) : body, headers, signal });

/** What an error must look like, whatever it is. */
export async function problemOf(response: Response): Promise<ProblemBody> {
  const body = (await response.json()) as ProblemBody;
  const type = response.headers.get('content-type');
  const wellFormed =
    type === 'application/problem+json' &&
    body.status === response.status &&
    /^urn:serkit:problem:[a-z-]+$/.test(body.type) &&
    /^urn:uuid:[0-9a-f-]{36}$/.test(body.instance) &&
    !/\n| at .*\.js:/.test(body.detail);
  if (!wellFormed) throw new Error(`${response.status} ${type} is no proper problem: ${JSON.stringify(body)}`);
  return body;
}

export const kindOf = async (response: Response): Promise<string> =>
  `${response.status} ${(await problemOf(response)).type.replace('urn:serkit:problem:', '')}`;
