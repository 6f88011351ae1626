import { execFileSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { chromiumIsHere, chromiumPath } from '../support/browser/chromium-path.js';
import { fromRoot } from '../support/paths.js';
import { whyAbsent } from '../support/what-is-here.js';

const versionIn = async (folder: string): Promise<string> =>
  JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')).version;

/** Of what runs exported files, as far as it is here. */
export async function versionsOfRuntimes(): Promise<Record<string, string>> {
  const python = process.env.SERKIT_PYTHON ?? 'python3';
  const transformers = process.env.SERKIT_TRANSFORMERS;
  const output = (program: string, ...args: string[]) => execFileSync(program, args, { encoding: 'utf8' }).trim();
  return {
    'onnxruntime-node': await versionIn(fromRoot('node_modules/onnxruntime-node')),
    'onnxruntime-web': await versionIn(fromRoot('node_modules/onnxruntime-web')),
    ...(chromiumIsHere() && { chromium: output(chromiumPath, '--version').replace(/^Chromium (\S+).*$/s, '$1') }),
    ...(!whyAbsent('python-onnxruntime') && {
      'onnxruntime in Python': output(python, '-c', 'import onnxruntime; print(onnxruntime.__version__)'),
    }),
    ...(!whyAbsent('transformers-js') && {
      'transformers.js': await versionIn(join(transformers ?? '', 'node_modules/@huggingface/transformers')),
    }),
  };
}
