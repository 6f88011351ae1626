import type { CommandModule } from 'yargs';
import type { PlotFormat } from '../../workflows/plot-run.js';
import { runCommand } from '../run-command.js';

export const plot: CommandModule<{ json: boolean }> = {
  command: 'plot <run..>',
  describe: "draw a run's curves and confusion matrix, or several runs over each other",
  builder: (yargs) =>
    yargs
      .positional('run', { type: 'string', array: true, demandOption: true, describe: 'run folders' })
      .option('o', {
        alias: 'output',
        type: 'string',
        describe: 'folder for the pictures (default: RUN/plots; of several runs, plots)',
      })
      .option('format', { choices: ['svg', 'png', 'both'] as const satisfies PlotFormat[], default: 'both' as const })
      .example('serkit plot runs/cnn', 'works while it trains, too')
      .example('serkit plot runs/fold0 runs/fold1 -o plots', 'watched UAR and loss, a line a run'),
  handler: async (args) => {
    const { json, run, o, format } = args as unknown as PlotArguments;
    const { plotRuns } = await import('../../workflows/plot-run.js');
    await runCommand(
      { json },
      ({ reporter }) => plotRuns({ runs: run, output: o, format, reporter }),
      ({ files }) => files.join('\n'),
    );
  },
};

interface PlotArguments {
  json: boolean;
  run: string[];
  o?: string;
  format: PlotFormat;
}
