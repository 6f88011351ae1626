import type { CommandModule } from 'yargs';
import { choices, defaultCacheFolder } from '../../workflows/choices.js';
import { runScoreText } from '../../workflows/reporter.js';
import type { ReproduceOptions, Reproduction } from '../../workflows/reproduce.js';
import { runCommand, UsageError } from '../run-command.js';
import { table } from '../table.js';
import { withBackend, withData } from './options.js';

export const reproduce: CommandModule<{ json: boolean }> = {
  command: 'reproduce',
  describe: 'every model and experiment of the report, and the report; goes on where it was stopped',
  builder: (yargs) =>
    withBackend(withData(yargs, false))
      .option('preset', {
        choices: choices.studies.map(({ name }) => name),
        default: 'quick' as const,
        describe: choices.studies.map(({ name, purpose }) => `${name}: ${purpose}`).join('; '),
      })
      .option('o', { alias: 'output', type: 'string', default: 'report', describe: 'the report folder' })
      .option('unlabelled', { type: 'string', array: true, describe: 'DATA of further speech for the autoencoders' })
      .option('jobs', { type: 'number', describe: 'cells side by side (default: one a core, or one on a GPU)' })
      .option('only', {
        type: 'string',
        array: true,
        default: [],
        describe: "these cells, and the encoders that they hold: variants or ids, * for any characters ('cnn+*')",
      })
      .option('train', {
        type: 'boolean',
        default: true,
        describe: '--no-train writes the report of what is there, also while another process trains',
      })
      .option('publish', {
        type: 'string',
        describe: 'copy the page and the records behind its numbers there, without weights and places',
      })
      .example('serkit reproduce -o report/', 'every row of every table on synthetic speech')
      .example(
        'serkit reproduce --preset medium --data ravdess:DIR --unlabelled crema-d:DIR -o report/',
        "the report's models on RAVDESS",
      )
      .example("serkit reproduce -o report/ --only 'cnn/*' cnn-lstm", 'two rows of it; the rest stays as it is'),
  handler: async (args) => {
    const options = args as unknown as ReproduceArguments;
    const { jobs } = options;
    if (jobs !== undefined && !(Number.isInteger(jobs) && jobs >= 1))
      throw new UsageError(`--jobs ${jobs}: must be a whole number of 1 or more`);
    const study = choices.studies.find(({ name }) => name === options.preset)!;
    if (options.train && options.data === undefined && study.data === undefined)
      throw new UsageError(`--preset ${study.name} has no data of its own: --data ravdess:DIR`);
    const { reproduce, reportOn } = await import('../../workflows/reproduce.js');
    const { publishReport } = await import('../../workflows/publish-report.js');
    const result = await runCommand(
      options,
      async (context) => {
        const given = { ...options, study, folder: options.o, ...context };
        const result = await (options.train ? reproduce(given) : reportOn(given));
        if (options.publish !== undefined) await publishReport(options.o, options.publish);
        return result;
      },
      (result) => resultText(result, repeatCommand(options)),
    );
    if (result.cells.some(({ state }) => state === 'failed' || state === 'not run')) process.exitCode = 1;
  },
};

function resultText({ cells, folder, html, markdown }: Reproduction, repeat: string): string {
  const done = cells.filter(({ state }) => state === 'done');
  const failures = cells.filter(({ state }) => state === 'failed' || state === 'not run');
  const rows = done.map(({ id, scores }) => [id, runScoreText(scores!)]);
  return [
    ...(rows.length > 0 ? ['', table([['Cell', 'Test side'], ...rows])] : []),
    '',
    `${done.length} of ${cells.length} cells are done, in ${folder}`,
    ...failures.map((cell) => `${cell.id}: ${cell.reason}`),
    ...failures.filter(({ state }) => state === 'failed').map(({ id }) => `to repeat it: ${repeat} --only '${id}'`),
    `the report: ${html}, ${markdown}`,
  ].join('\n');
}

/** The command as it was given, but for `--only`. */
function repeatCommand({ preset, o, data, unlabelled, cache, backend, jobs, skipBad }: ReproduceArguments): string {
  const parts: [string, string | undefined][] = [
    ['--preset', preset],
    ['-o', o],
    ['--data', data],
    ['--unlabelled', unlabelled?.join(' ')],
    ['--cache', cache === defaultCacheFolder() ? undefined : cache],
    ['--backend', backend === 'auto' ? undefined : backend],
    ['--jobs', jobs?.toString()],
  ];
  const given = parts.flatMap(([option, value]) => (value === undefined ? [] : [`${option} ${value}`]));
  return ['serkit reproduce', ...given, ...(skipBad ? ['--skip-bad'] : [])].join(' ');
}

type ReproduceArguments = Omit<ReproduceOptions, 'study' | 'folder'> & {
  json: boolean;
  train: boolean;
  publish?: string;
  preset: string;
  o: string;
};
