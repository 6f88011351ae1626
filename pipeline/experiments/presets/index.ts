import type { Preset } from '../config.js';
import { demo } from './demo.js';
import { paper } from './paper.js';
import { paper16k } from './paper-16k.js';
import { quick } from './quick.js';

export const presets = { 'paper-16k': paper16k, paper, demo, quick } satisfies Record<string, Preset>;

export const presetNames = Object.keys(presets);

/** The preset of that name. @throws RangeError that lists the names there are */
export function presetNamed(name: string): Preset {
  if (!Object.hasOwn(presets, name))
    throw new RangeError(`no preset is named "${name}" (there are: ${presetNames.join(', ')})`);
  return presets[name as keyof typeof presets];
}
