import type { CommandModule } from 'yargs';
import { percent, scoreText } from '../../workflows/reporter.js';
import { runCommand } from '../run-command.js';
import { table } from '../table.js';
import { withBackend, withData } from './options.js';

export const evaluate: CommandModule<{ json: boolean }> = {
  command: 'evaluate <model>',
  describe: 'score a run folder or an .onnx file on clips that it was not trained on',
  builder: (yargs) =>
    withBackend(withData(yargs))
      .positional('model', { type: 'string', demandOption: true, describe: 'RUN or MODEL.onnx' })
      .example('serkit evaluate model.onnx --data ravdess:DIR', 'UAR, confusion, by gender and intensity'),
  handler: async (args) => {
    const workflow = await import('../../workflows/evaluate.js');
    const options = args as unknown as Parameters<typeof workflow.evaluate>[0] & { json: boolean };
    await runCommand(
      options,
      (context) => workflow.evaluate({ ...options, ...context }),
      (result) =>
        [
          confusionText(result.confusion),
          '',
          `${result.examples} examples on ${result.ranOn}: ${scoreText(result, result.leaks)}`,
          ...parts('gender', result.byGender),
          ...parts('intensity', result.byIntensity),
        ].join('\n'),
    );
  },
};

function parts(title: string, accuracies: Record<string, { examples: number; accuracy: number }>): string[] {
  const entries = Object.entries(accuracies);
  if (entries.length === 0) return [];
  return [`accuracy by ${title}: ${entries.map(([name, { accuracy }]) => `${name} ${percent(accuracy)}`).join(', ')}`];
}

/** Rows are what is true, columns what was answered. */
export function confusionText({
  labels,
  counts,
}: {
  labels: readonly string[];
  counts: readonly (readonly number[])[];
}): string {
  const short = labels.map((label) => label.slice(0, 5));
  return table([
    ['true \\ answer', ...short, 'recall'],
    ...labels.map((label, i) => {
      const total = counts[i].reduce((a, b) => a + b, 0);
      return [label, ...counts[i], total === 0 ? '–' : percent(counts[i][i] / total)];
    }),
  ]);
}
