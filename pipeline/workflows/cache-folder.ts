import envPaths from 'env-paths';

/** Where features are kept when the command line names no other place: the user's cache folder. */
export const defaultCacheFolder = (): string => `${envPaths('serkit', { suffix: '' }).cache}/features`;
