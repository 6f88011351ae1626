import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { z } from 'zod';
import { changeSince, fingerprint, fingerprintSchema } from '../../../wheels/fingerprint.js';
import { removeFolder, replaceFolder } from '../../../wheels/replace-folder.js';
import { addonPath, compileAddon, tensorflowVersionOf } from './addon.js';
import { defaultTensorflowVersion, fetchTensorflow, type TensorflowBuild } from './wheels.js';

export { defaultTensorflowVersion };

export interface LinkOptions extends TensorflowBuild {
  /** Hears a line for each step. */
  onStep?: (line: string) => void;
}

const linkSchema = z.object({
  version: z.string(),
  gpu: z.boolean(),
  /** Where TensorFlow's libraries lie. */
  folder: z.string(),
  libraries: fingerprintSchema,
  addon: fingerprintSchema,
});

/** What the addon is linked to; kept beside it. */
export type Link = z.infer<typeof linkSchema>;

const recordName = 'serkit-link.json';

/**
 * Links tfjs-node-gpu's native addon to the TensorFlow of pip's wheel, in the place where the package looks for it.
 *
 * Needs python3 with pip (to fetch the wheel; pip checks its hash) and g++ (5 s of compiling), nothing at run time.
 * The wheel is kept in the user's cache folder, so a second link needs no download. The addon is tried in a process of
 * its own, and the folder in which it lies is put in place, with the record of what was linked, only when it answers with
 * the right version: a failed link changes nothing, one that is ended in the middle leaves the old link or none, and of
 * two at once the later stays.
 */
export async function linkTensorflow({ version, gpu, onStep = () => {} }: LinkOptions): Promise<Link> {
  const place = addonPath(); // said first where the package is missing, not after the download
  const { folder, libraries, files } = await fetchTensorflow({ version, gpu }, onStep);
  const name = basename(place);
  let link: Link | undefined;
  await replaceFolder(dirname(place), async (scratch) => {
    onStep('compiling the addon (g++)');
    const addon = join(scratch, name);
    await compileAddon(join(folder, 'tensorflow'), libraries, addon);
    const answered = await tensorflowVersionOf(addon);
    if (answered !== version) throw new Error(`the linked addon answers TensorFlow ${answered}, not ${version}`);
    link = { version, gpu, folder, libraries: files, addon: await fingerprint(scratch, [name]) };
    await writeFile(join(scratch, recordName), JSON.stringify(link, null, 2));
  });
  onStep(`linked: tfjs-node-gpu runs on TensorFlow ${version}${gpu ? ' with CUDA' : ''}`);
  return link!;
}

/** Takes the link away; the fetched wheel stays in the cache. Returns whether there was one. */
export async function unlinkTensorflow(): Promise<boolean> {
  return await removeFolder(dirname(addonPath()));
}

/** What the addon is linked to; undefined where it is not, or was linked by something else than `linkTensorflow`. */
export async function currentLink(): Promise<Link | undefined> {
  try {
    const addon = addonPath();
    const record = join(dirname(addon), recordName);
    return existsSync(addon) ? linkSchema.parse(JSON.parse(await readFile(record, 'utf8'))) : undefined;
  } catch {
    return undefined;
  }
}

/** The command that makes this link anew, or a first one. */
export function linkCommand(link: Link | undefined): string {
  const version = link && link.version !== defaultTensorflowVersion ? ` --version ${link.version}` : '';
  return `serkit link tensorflow${link?.gpu ? ' --gpu' : ''}${version}`;
}

/** What is wrong with a link, in a line; undefined where the files are those that were linked. */
export async function linkDamage({ version, folder, libraries, addon }: Link): Promise<string | undefined> {
  const damage =
    (await changeSince(folder, libraries, { thorough: false })) ??
    (await changeSince(dirname(addonPath()), addon, { thorough: false }));
  return damage && `its link to TensorFlow ${version} is broken: ${damage}`;
}
