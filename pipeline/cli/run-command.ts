import { TerminalReporter } from './terminal-reporter.js';

/** Ctrl-C or SIGTERM: long work hears of it and ends in order. */
export const interruption = new AbortController();

/** The command line was not understood; exit code 2. */
export class UsageError extends Error {}

/**
 * Runs a workflow for a command: progress goes to stderr, and the result to stdout, for people or as JSON.
 *
 * @param work gets a reporter and the signal of Ctrl-C and SIGTERM
 * @param print what people read, as one text
 */
export async function runCommand<Result>(
  { json }: { json: boolean },
  work: (context: { reporter: TerminalReporter; signal: AbortSignal }) => Promise<Result>,
  print: (result: Result) => string,
): Promise<Result> {
  const reporter = new TerminalReporter();
  try {
    const result = await work({ reporter, signal: interruption.signal });
    reporter.end();
    console.log(json ? JSON.stringify(result, null, 2) : print(result));
    return result;
  } catch (error) {
    reporter.end();
    const { code, message } = error as NodeJS.ErrnoException;
    if (code !== 'ERR_MODULE_NOT_FOUND') throw error;
    const missing = /package '([^']+)'/.exec(message)?.[1] ?? 'a package';
    throw new Error(`this command needs ${missing}: npm install --ignore-scripts ${missing}`);
  }
}
