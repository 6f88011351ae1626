import type { CommandModule } from 'yargs';
import { runCommand } from '../run-command.js';
import { table } from '../table.js';

export const doctor: CommandModule<{ json: boolean }> = {
  command: 'doctor',
  describe: 'what this machine can train with and run on, what was tried, why not, and what mends it',
  builder: (yargs) => yargs.example('serkit doctor', 'a table of backends and providers'),
  handler: async (args) => {
    const { json } = args as unknown as { json: boolean };
    const workflow = await import('../../workflows/doctor.js');
    await runCommand({ json }, workflow.doctor, ({ versions, training, auto, inference, inferenceAuto, tensorflow }) =>
      [
        Object.entries(versions)
          .map(([name, version]) => `${name} ${version}`)
          .join(', '),
        '',
        table([
          ['to train with', 'works', 'on', 'reason', 'mend it with'],
          ...training.map(({ backend, works, device, reason, mend }) => [
            backend,
            works ? 'yes' : 'no',
            device ?? '',
            reason,
            mend,
          ]),
        ]),
        '',
        `--backend auto takes: ${auto ? `${auto.name} (${auto.reason})` : 'nothing'}`,
        `TensorFlow: ${tensorflow ? `${tensorflow.version} in ${tensorflow.folder}` : 'no link that serkit made'}`,
        '',
        table([
          ['to predict with', 'works', 'a probe takes', 'reason', 'mend it with'],
          ...inference.map(({ provider, works, milliseconds, reason, mend }) => [
            provider,
            works ? 'yes' : 'no',
            milliseconds === undefined ? '' : `${milliseconds.toFixed(1)} ms`,
            reason,
            mend,
          ]),
        ]),
        '',
        `--provider auto takes: ${inferenceAuto}`,
      ].join('\n'),
    );
  },
};
