import type { Argv } from 'yargs';
import { choices, defaultCacheFolder } from '../../workflows/choices.js';

/** The options that several commands share, each in one place. */

export const withData = <T>(yargs: Argv<T>, demandOption = true) =>
  yargs
    .option('data', { type: 'string', demandOption, describe: `DATA: ${choices.data}` })
    .option('skip-bad', { type: 'boolean', default: false, describe: 'report files that cannot be used, and go on' })
    .option('cache', { type: 'string', default: defaultCacheFolder(), describe: 'folder in which features are kept' });

export const withBackend = <T>(yargs: Argv<T>) =>
  yargs.option('backend', { choices: choices.backends, default: 'auto' as const, describe: 'what trains' });

export const withProvider = <T>(yargs: Argv<T>) =>
  yargs.option('provider', { choices: choices.providers, default: 'auto' as const, describe: 'what runs the file' });
