import type { CommandModule } from 'yargs';
import { exportInputs } from '../../workflows/export-options.js';
import type { ParityResult } from '../../workflows/parity.js';
import { runCommand } from '../run-command.js';
import { table } from '../table.js';
import { withBackend, withData } from './options.js';

export const parity: CommandModule<{ json: boolean }> = {
  command: 'parity <run>',
  describe: 'are the predictions identical everywhere? a table, and exit code 1 if not',
  builder: (yargs) =>
    withBackend(withData(yargs))
      .positional('run', { type: 'string', demandOption: true, describe: 'a run folder' })
      .option('file', { type: 'string', describe: 'the .onnx to compare with (default: a fresh export of the run)' })
      .option('input', {
        choices: exportInputs,
        default: 'features' as const,
        describe: 'what that fresh export takes',
      })
      .example('serkit parity runs/cnn --data ravdess:DIR', 'tfjs against onnxruntime on the test clips'),
  handler: async (args) => {
    const options = args as unknown as Parameters<typeof import('../../workflows/parity.js').parity>[0] & {
      json: boolean;
    };
    const workflow = await import('../../workflows/parity.js');
    const result = await runCommand(options, (context) => workflow.parity({ ...options, ...context }), parityText);
    if (!result.passed) process.exitCode = 1;
  },
};

/** The table of a comparison, and what it came to. */
export function parityText(result: ParityResult): string {
  const { reference, compared, clips, sameLabel, otherLabel, undecided, largestDifference, tolerance, passed } = result;
  const attention = result.largestAttentionDifference;
  const lines = [
    table([
      [
        ...['reference', 'compared', 'clips', 'same label', 'undecided', 'largest |Δp|'],
        ...(attention === undefined ? [] : ['largest |Δattention|']),
      ],
      [
        ...[reference, compared, clips, sameLabel, undecided.length, largestDifference.toExponential(1)],
        ...(attention === undefined ? [] : [attention.toExponential(1)]),
      ],
    ]),
    passed
      ? `identical: the same label on every clip, no probability${attention === undefined ? '' : ' or weight'} further apart than ${tolerance}`
      : `NOT identical (allowed |Δp|: ${tolerance})`,
  ];
  if (otherLabel.length > 0) lines.push(`another label: ${otherLabel.join(', ')}`);
  if (undecided.length > 0) lines.push(`undecided, two labels as good as equal: ${undecided.join(', ')}`);
  return lines.join('\n');
}
