import { readFileSync } from 'node:fs';
import type { Preset } from '../config.js';
import { parseJson } from '../read-json.js';
import { demo } from './demo.js';
import { paper } from './paper.js';
import { paper16k } from './paper-16k.js';
import { quick } from './quick.js';

export const presets = { 'paper-16k': paper16k, paper, demo, quick } satisfies Record<string, Preset>;

export const presetNames = Object.keys(presets);

/**
 * The preset of that name, or of a `.json` file of the same keys: `{ "epochs": 20, "modelOptions": { "lstmUnits": 128 } }`.
 *
 * @throws RangeError that lists the names there are; Error or SyntaxError that names the file which can't be read
 */
export function presetNamed(name: string): Preset {
  if (name.endsWith('.json')) return readPreset(name);
  if (!Object.hasOwn(presets, name))
    throw new RangeError(
      `no preset is named "${name}" (there are: ${presetNames.join(', ')}, and a .json file's path)`,
    );
  return presets[name as keyof typeof presets];
}

/** What its keys may be is checked with all else that an experiment is made of. */
function readPreset(file: string): Preset {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    throw new Error(
      `${file}: can't be read (${(error as NodeJS.ErrnoException).code}); supported: a preset's .json file`,
    );
  }
  const value = parseJson(text);
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new SyntaxError(`${file}: is no JSON object; supported: such as { "epochs": 20, "modelOptions": {} }`);
  return value as Preset;
}
