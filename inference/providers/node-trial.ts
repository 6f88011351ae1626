import { fork } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as ort from 'onnxruntime-node';
import { type AdapterInfo, hasGpuDevice } from './node-adapter.js';
import { createSession, type NodeProvider } from './node-session.js';
import { type Probe, probeOf } from './probe.js';
import { reasonOf, wouldUseCpu } from './session.js';

export type Question = { ask: 'adapter' } | { ask: 'trial'; provider: NodeProvider; bytes: Uint8Array };

const outcomes = new Map<string, Promise<string | undefined>>();

/**
 * Opens a file on a provider and runs it once, in a process of its own: a driver may end its process or hang, and that one
 * is not ours. The outcome is remembered as long as this process lives.
 *
 * @returns why it does not work, in one line; undefined where it does
 */
export function tryInProcessOfItsOwn(provider: NodeProvider, bytes: Uint8Array): Promise<string | undefined> {
  const key = `${provider} ${createHash('sha256').update(bytes).digest('hex')}`;
  const known = outcomes.get(key);
  if (known) return known;
  const outcome = ask<string | undefined>({ ask: 'trial', provider, bytes }).then(
    ({ answer, said }) => answer && explained(answer, said),
    (error: Error) => error.message,
  );
  outcomes.set(key, outcome);
  return outcome;
}

let adapter: Promise<AdapterInfo | undefined> | undefined;

/** The software adapter that WebGPU would use here, by name; undefined for a GPU. */
export async function softwareAdapter(): Promise<string | undefined> {
  adapter ??= ask<AdapterInfo | undefined>({ ask: 'adapter' }).then(
    ({ answer }) => answer,
    () => undefined,
  );
  const info = await adapter;
  if (info) return info.software ? info.name : undefined;
  return hasGpuDevice() ? undefined : 'this machine shows no GPU';
}

/** In the trial's process: why the provider does not run the file; undefined where it does. */
export async function answerTrial({ provider, bytes }: { provider: NodeProvider; bytes: Uint8Array }) {
  try {
    const session = await createSession(bytes, provider);
    await runOnce(session);
    return undefined;
  } catch (error) {
    const reason = reasonOf(error);
    return wouldUseCpu(reason) ? await whatWouldUseCpu(bytes, provider) : reason;
  }
}

async function runOnce(session: ort.InferenceSession): Promise<Probe> {
  const [input] = session.inputMetadata;
  if (!input?.isTensor) throw new RangeError('it takes no tensor');
  const probe = probeOf(input.shape);
  await session.run({ [input.name]: new ort.Tensor('float32', probe.values, probe.shape) });
  return probe;
}

/** Runs the file with the CPU as help, and has onnxruntime's profile tell which operators needed it. */
async function whatWouldUseCpu(bytes: Uint8Array, provider: NodeProvider): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'serkit-profile-'));
  try {
    const session = await ort.InferenceSession.create(bytes, {
      executionProviders: [provider],
      enableProfiling: true,
      profileFilePrefix: join(folder, 'profile'),
      logSeverityLevel: 4,
    });
    await runOnce(session);
    session.endProfiling();
    await session.release();
    const [file] = await readdir(folder);
    const operators = operatorsOf(await readFile(join(folder, file), 'utf8'), 'CPUExecutionProvider');
    return `it lacks ${operators.join(', ')}, which would run on the CPU`;
  } catch (error) {
    return `it lacks operators of the file, which would run on the CPU (which ones is not known: ${reasonOf(error)})`;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** The kinds of operators that ran on a provider, out of the profile that onnxruntime wrote. */
export function operatorsOf(profile: string, provider: string): string[] {
  const events = JSON.parse(profile) as { cat: string; args: { provider?: string; op_name?: string } }[];
  const ran = events.filter(({ cat, args }) => cat === 'Node' && args.provider === provider);
  return [...new Set(ran.flatMap(({ args }) => args.op_name ?? []))].sort();
}

/** A first run on a software adapter takes some seconds. */
const patienceSeconds = 60;

/** @throws Error that says how the process ended without an answer, in one line */
function ask<T>(question: Question): Promise<{ answer: T; said: string }> {
  return new Promise((resolve, reject) => {
    const child = fork(fileURLToPath(new URL('./node-trial-process.js', import.meta.url)), [], {
      execArgv: [],
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
      timeout: 1000 * patienceSeconds,
      killSignal: 'SIGKILL',
    });
    let answered: { answer: T } | undefined;
    let said = '';
    child.stderr!.setEncoding('utf8').on('data', (text: string) => {
      said += text;
    });
    child.on('message', (message) => {
      answered = message as { answer: T };
    });
    child.on('error', (error) => reject(new Error(`it could not be tried: ${error.message}`)));
    child.on('close', (code, signal) => {
      if (answered && code === 0) return resolve({ answer: answered.answer, said });
      if (child.killed) return reject(new Error(`it did not answer within ${patienceSeconds} s`));
      const when = answered ? 'at its end' : 'when it was tried';
      reject(new Error(`it ended its process ${when} (${signal ?? `exit code ${code}`})${lastLine(said)}`));
    });
    child.send(question, () => {}); // where it cannot be sent, the process has ended, and says so
  });
}

const lastLine = (said: string): string => {
  const line = said.trim().split('\n').at(-1);
  return line ? `: ${line}` : '';
};

/** onnxruntime throws that a library failed to load, and logs which one. */
function explained(reason: string, said: string): string {
  if (!reason.includes('Failed to load shared library')) return reason;
  const loader = /with error: ([^\n]+)/.exec(said)?.[1] ?? reason;
  return loader.includes('libcuda.so.1') ? `there is no NVIDIA driver (${loader})` : loader;
}
