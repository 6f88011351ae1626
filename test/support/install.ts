import { readdirSync } from 'node:fs';
import { cp, mkdir, symlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fromRoot } from './paths.js';

/** The program in a folder with all packages but those, as where optional ones are not installed. Returns its main.js. */
export async function installWithout(packages: RegExp, folder: string): Promise<string> {
  await cp(fromRoot('dist'), join(folder, 'dist'), { recursive: true, filter: (path) => !path.includes('dist/test') });
  await cp(fromRoot('package.json'), join(folder, 'package.json'));
  for (const name of readdirSync(fromRoot('node_modules'))) {
    if (packages.test(name)) continue;
    const link = join(folder, 'node_modules', name);
    await mkdir(dirname(link), { recursive: true });
    await symlink(fromRoot('node_modules', name), link);
  }
  return join(folder, 'dist', 'pipeline', 'cli', 'main.js');
}
