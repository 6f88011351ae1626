import { constants } from 'node:os';
import { pathToFileURL } from 'node:url';

/** Not in Node's constants: what is loaded stays so, whatever is closed. The value is Linux'. */
const RTLD_NODELETE = 0x1000;

/**
 * Loads native libraries into this process, for those that are loaded later and need them by name. `process.dlopen` is for
 * addons: it loads a library, then says that it is none and closes it, which RTLD_NODELETE outlives.
 *
 * @param libraries paths, each after those that it needs itself
 * @throws Error where one does not load
 */
export function loadLibraries(libraries: readonly string[]): void {
  const { RTLD_LAZY, RTLD_GLOBAL } = constants.dlopen;
  for (const library of libraries) {
    try {
      process.dlopen({ exports: {} }, library, RTLD_LAZY | RTLD_GLOBAL | RTLD_NODELETE);
    } catch (error) {
      if (!(error as Error).message.includes('did not self-register')) throw error;
    }
  }
}

// As a program it tries to load those that it is given.
if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) loadLibraries(process.argv.slice(2));
