import { serverOptionsSchema } from '../../inference/server/options.js';

/** One option of the server that is a word or a number. */
export interface ServeOption {
  name: string;
  describe: string;
  default: number | string;
}

/** From the server's own schema, so that the command line says what the program does. */
export const serveOptions: readonly ServeOption[] = Object.entries(serverOptionsSchema.shape).flatMap(
  ([name, schema]) => {
    const fallback = schema.safeParse(undefined).data;
    if (typeof fallback !== 'number' && typeof fallback !== 'string') return [];
    return [{ name, describe: schema.description ?? '', default: fallback }];
  },
);
