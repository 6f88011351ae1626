import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openCorpus, writeSyntheticCorpus } from '../../pipeline/datasets/index.js';
import { fromRoot } from './paths.js';

export interface Answer {
  code: number | null;
  stdout: string;
  stderr: string;
}

/**
 * Runs the command line as a person would, as a process of its own. `interruptAt` sends Ctrl-C when stderr says so;
 * `started` gets the process, to do other things to it.
 */
export function serkit(
  args: readonly string[],
  { interruptAt, started }: { interruptAt?: RegExp; started?: (child: ChildProcess) => void } = {},
): Promise<Answer> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [fromRoot('dist/pipeline/cli/main.js'), ...args]);
    started?.(child);
    let stdout = '';
    let stderr = '';
    let interrupted = false;
    child.stdout.on('data', (text) => (stdout += text));
    child.stderr.on('data', (text) => {
      stderr += text;
      if (interrupted || !interruptAt?.test(stderr)) return;
      interrupted = true;
      child.kill('SIGINT');
    });
    child.on('close', (code) => resolve({ code, stdout, stderr }));
  });
}

export const temporaryFolder = (): Promise<string> => mkdtemp(join(tmpdir(), 'serkit-cli-'));

/** A small corpus on disk: one clip of each emotion by nine synthetic speakers. Returns its manifest's path. */
export async function writeSmallCorpus(folder: string): Promise<string> {
  const corpus = await openCorpus('synthetic');
  const clips = corpus.clips.filter(
    ({ source }) => source.kind === 'synthetic' && source.take === 0 && source.speaker < 10,
  );
  return writeSyntheticCorpus({ ...corpus, clips }, folder);
}

/** `train` on a small corpus: one epoch of the demo's model on wasm, enough for everything that comes after. */
export const trainSmall = (data: string, cache: string, run: string, ...more: string[]): Promise<Answer> =>
  serkit(
    [
      'train',
      '--data',
      data,
      '--preset',
      'demo',
      '--epochs',
      '1',
      '--backend',
      'wasm',
      '--cache',
      cache,
      '-o',
      run,
    ].concat(more),
  );
