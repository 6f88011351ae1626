import type { CommandModule } from 'yargs';
import type { Evaluation } from '../../workflows/evaluate.js';
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
      .example(
        'serkit evaluate model.onnx --data ravdess:DIR',
        'UAR, confusion, by gender and intensity; how far the probabilities can be believed',
      ),
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
          '',
          ...reliabilityText(result),
        ].join('\n'),
    );
  },
};

function parts(title: string, accuracies: Record<string, { examples: number; accuracy: number }>): string[] {
  const entries = Object.entries(accuracies);
  if (entries.length === 0) return [];
  return [`accuracy by ${title}: ${entries.map(([name, { accuracy }]) => `${name} ${percent(accuracy)}`).join(', ')}`];
}

/** How far the probabilities can be believed: the table of confidences, and what it comes to. */
function reliabilityText({ reliability, loss, unsure }: Evaluation): string[] {
  const { bins, ece, brier, temperature } = reliability;
  const lines = [
    table([
      ['confidence', 'examples', 'mean confidence', 'accuracy'],
      ...bins.map(({ from, to, examples, confidence, accuracy }) => [
        `${percent(from)} – ${percent(to)}`,
        ...[examples, percent(confidence), percent(accuracy)],
      ]),
    ]),
    `expected calibration error ${percent(ece)}, cross-entropy ${loss.toFixed(3)} nats, Brier score ${brier.toFixed(3)}; ` +
      (temperature === 1 ? 'no temperature' : `temperature ${temperature.toFixed(3)}`),
  ];
  if (!unsure) return [...lines, 'no answer is called unsure: the model has no threshold'];
  const { below, coverage, accuracy } = unsure;
  const right = accuracy === undefined ? '' : `, ${percent(accuracy)} of them right`;
  return [...lines, `unsure below ${percent(below)}: ${percent(coverage)} of the answers are sure${right}`];
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
