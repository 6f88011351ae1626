import { isDone, leaks, minutesOf } from '../cells.js';
import type { ReportContext } from '../context.js';
import { type Block, heading, type Inline, leaksMark, link, note, small } from '../document/blocks.js';
import { duration, loss, percent } from '../format.js';
import { runsAnchor } from '../score-table.js';
import { bothProtocols, recognitionOf } from '../summary.js';

/** Every run of the study, with its state. */
export function runsSection({ cells, plan }: ReportContext): Block[] {
  const variants = [...new Set(cells.map(({ variant }) => variant))];
  const seen = new Set<string>();
  const ordered = variants.flatMap((variant) =>
    bothProtocols.flatMap((protocol) => cells.filter((cell) => cell.variant === variant && cell.protocol === protocol)),
  );
  const rows = ordered.map((cell): Inline[] => {
    const anchor = runsAnchor(cell.variant, cell.protocol);
    const id = seen.has(anchor) ? undefined : anchor;
    seen.add(anchor);
    const name: Inline = cell.state === 'not run' ? { text: cell.id, id } : { ...link(cell.id, cell.href), id };
    const { accuracy, uar } = recognitionOf(cell) ?? {};
    const testLoss = cell.scores?.test.loss;
    const leak: Inline = leaks(cell) ? ['\u00a0', leaksMark] : '';
    const figure = (value: number | null | undefined, format: (value: number) => string): Inline =>
      typeof value === 'number' ? [format(value), leak] : '';
    return [
      name,
      cell.state === 'done' ? cell.status : small(cell.status),
      figure(accuracy, percent),
      figure(uar, percent),
      figure(testLoss, loss),
      isDone(cell) ? `${cell.scores.keptEpoch} of ${cell.scores.epochs}` : '',
      cell.epochs.length > 0 || isDone(cell) ? duration(minutesOf(cell)) : '',
      cell.config?.backend ?? '',
    ];
  });
  return [
    heading(2, 'runs', 'All runs'),
    note(
      `Each is a run folder as serkit train leaves it: config.json, metrics.jsonl, scores.json, predictions.csv, model.json, weights.bin. Study ${plan.study}. `,
      'Test loss: cross-entropy in nats; of autoencoders the mean squared error of normalised features.',
    ),
    {
      kind: 'table',
      id: 'all-runs',
      caption: 'Every training of the study',
      columns: [
        { title: 'Run' },
        { title: 'State' },
        { title: 'Test accuracy' },
        { title: 'Test UAR' },
        { title: 'Test loss' },
        { title: 'Kept epoch' },
        { title: 'Trained for' },
        { title: 'Backend' },
      ],
      rows,
    },
  ];
}
