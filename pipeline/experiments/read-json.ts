import { readFile } from 'node:fs/promises';
import type { z } from 'zod';

/** Reads one of a run's JSON files. @throws Error, SyntaxError or TypeError that names the file and what is wrong with it */
export async function readJson<T>(path: string, schema: z.ZodType<T>): Promise<T> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch {
    throw new Error(
      `${path}: is missing or can't be read; supported: a run folder made by \`serkit train\`, run to its end`,
    );
  }
  const value = parseJson(text);
  if (value === undefined)
    throw new SyntaxError(`${path}: is not JSON; supported: a run folder made by \`serkit train\``);
  return checked(path, value, schema);
}

/** The value of a JSON text; undefined where it is none. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** @throws TypeError that names where it stands and which part is wrong */
export function checked<T>(where: string, value: unknown, schema: z.ZodType<T>): T {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const [{ path, message }] = result.error.issues;
  throw new TypeError(`${where}: ${path.length > 0 ? `${path.join('.')}: ` : ''}${message}`);
}
