#!/usr/bin/env node
import yargs from 'yargs';
import { hideBin } from 'yargs/helpers';
import { commands } from './commands/index.js';
import { interruption, UsageError } from './run-command.js';

/** Exit codes: 0 done, 1 failed, 2 wrong usage, 130 interrupted. */
async function main(): Promise<void> {
  const parser = yargs(hideBin(process.argv))
    .scriptName('serkit')
    .usage('$0 COMMAND: speech emotion recognition, from recordings to one .onnx file and back')
    .option('json', { type: 'boolean', default: false, describe: 'one JSON document on stdout', global: true })
    .command([...commands])
    .demandCommand(1, 'which command? (serkit --help lists them)')
    .strictCommands()
    .strict()
    .wrap(110)
    .fail((message, error) => {
      throw error instanceof Error ? error : new UsageError(message); // what .check() says comes as text
    });
  try {
    await parser.parseAsync();
  } catch (error) {
    process.exitCode = report(error as Error);
  }
}

function report(error: Error): number {
  const interrupted = interruption.signal.aborted;
  // yargs explains wrong usage in several lines; every error here is one.
  if (!interrupted || error.name !== 'AbortError')
    console.error(`serkit: ${error.message.trim().replace(/\s*\n\s*/g, ' ')}`);
  if (process.env.SERKIT_DEBUG) console.error(error.stack);
  if (interrupted) console.error('interrupted');
  if (interrupted) return 130;
  return error instanceof UsageError ? 2 : 1;
}

for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.on(signal, () => {
    // A second Ctrl-C does not wait for what is under way.
    if (interruption.signal.aborted) process.exit(130);
    interruption.abort();
  });

await main();
