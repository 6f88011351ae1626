import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import * as tf from '@tensorflow/tfjs-core';
import type { BackendName, Device } from './backend.js';
import { backends } from './registry.js';
import { timeTrainingStep, tryTrainingSteps } from './training-step.js';

/** What came of one backend when it was tried. */
export type BackendTrial =
  | { backend: BackendName; works: true; device: Device }
  | { backend: BackendName; works: false; reason: string; mend: string };

type Purpose = 'try' | 'time';

/** What the trial's process sends: where it was asked for the time, milliseconds of a training step too. */
type Answer = { device: Device; milliseconds: number } | { error: string };

/**
 * Opens one backend and trains a few steps on it: present is not enough, it has to give the right losses. What is native
 * is tried in a process of its own: a driver may end its process, and that one is not ours.
 */
export async function tryBackend(backend: BackendName): Promise<BackendTrial> {
  const { native, mend } = backends[backend];
  const answer = native ? await inProcessOfItsOwn(backend, 'try') : await answerTrial(backend, 'try');
  if ('error' in answer) return { backend, works: false, reason: answer.error, mend: await mend() };
  return { backend, works: true, device: answer.device };
}

/** Milliseconds of a training step on a backend that was found to work. */
export async function timeBackend(backend: BackendName): Promise<number> {
  const answer = await inProcessOfItsOwn(backend, 'time');
  if ('error' in answer) throw new Error(`${backend} worked, and then did not: ${answer.error}`);
  return answer.milliseconds;
}

/** Makes a backend the active one of this process. */
export function activate(backend: BackendName): Promise<Device> {
  tf.enableProdMode(); // or tfjs recommends another backend than the one that was chosen
  return backends[backend].open();
}

/** Tries or times a backend in this process; `trial-process.ts` sends the answer to its parent. */
export async function answerTrial(backend: BackendName, purpose: Purpose): Promise<Answer> {
  try {
    const device = await activate(backend);
    if (purpose === 'time') return { device, milliseconds: await timeTrainingStep() };
    await tryTrainingSteps();
    return { device, milliseconds: Number.NaN };
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const missing = code === 'ERR_MODULE_NOT_FOUND' ? /package '([^']+)'/.exec(message)?.[1] : undefined;
    return { error: missing ? `the package ${missing} is not installed` : message.split('\n')[0] };
  }
}

const minutes = 60_000;

function inProcessOfItsOwn(backend: BackendName, purpose: Purpose): Promise<Answer> {
  return new Promise((resolve) => {
    const child = fork(fileURLToPath(new URL('./trial-process.js', import.meta.url)), [backend, purpose], {
      execArgv: [],
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
      timeout: 2 * minutes, // SwiftShader needs some seconds
      killSignal: 'SIGKILL',
    });
    let answer: Answer | undefined;
    let said = '';
    child.stderr!.setEncoding('utf8').on('data', (text: string) => {
      said += text;
    });
    child.on('message', (message) => {
      answer = message as Answer;
    });
    child.on('error', (error) => resolve({ error: `it could not be tried: ${error.message}` }));
    child.on('close', (code, signal) => {
      if (answer && code === 0) return resolve(answer);
      const lastWord = said.trim().split('\n').at(-1);
      const when = answer ? 'at its end' : 'when it was tried';
      resolve({
        error: `it ended its process ${when} (${signal ?? `exit code ${code}`})${lastWord ? `: ${lastWord}` : ''}`,
      });
    });
  });
}
