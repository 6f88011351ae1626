import { join } from 'node:path';

/** The repository's root; tests run from dist/test/support. */
export const repositoryRoot = join(import.meta.dirname, '..', '..', '..');

/** A path below the repository's root, such as `fromRoot('test', 'golden', 'features.golden.json')`. */
export const fromRoot = (...parts: string[]): string => join(repositoryRoot, ...parts);
