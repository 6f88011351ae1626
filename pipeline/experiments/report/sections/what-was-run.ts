import { isDeepStrictEqual } from 'node:util';
import { group, rollup } from 'd3-array';
import { architectureNamed } from '../../../../models/index.js';
import type { Experiment } from '../../config.js';
import { type Cell, isDone, minutesOf } from '../cells.js';
import type { ReportContext } from '../context.js';
import {
  type Block,
  code,
  heading,
  type Inline,
  leaksMark,
  list,
  note,
  paragraph,
  strong,
} from '../document/blocks.js';
import { counted, duration, listed, percent } from '../format.js';
import { placeless } from '../places.js';
import { published, slips } from '../published.js';

/** Study, data, how much of it was run, with what, and how to make it again. */
export function whatWasRun({ plan, cells, version, written }: ReportContext): Block[] {
  const done = cells.filter(isDone);
  const count = (state: Cell['state']) => cells.filter((cell) => cell.state === state).length;
  const states = [
    `${done.length} of ${counted(cells.length, 'training')} done`,
    ...(count('training') > 0 ? [`${count('training')} under way or stopped`] : []),
    ...(count('failed') > 0 ? [`${count('failed')} failed`] : []),
    ...(count('not run') > 0 ? [`${count('not run')} not run`] : []),
  ];
  const minutes = cells.reduce((sum, cell) => sum + minutesOf(cell), 0);
  const distinct = <T>(values: readonly T[]) => [...new Set(values)];
  const folds = distinct(cells.filter(({ protocol }) => protocol !== 'paper').map(({ fold }) => fold)).sort();
  const seeds = distinct(cells.map(({ seed }) => seed)).sort((a, b) => a - b);
  const corpora = new Map(
    done
      .flatMap(({ config: { corpus, unlabelled } }) => [corpus, ...unlabelled])
      .map((corpus) => [corpus.name, corpus]),
  );
  const versions = distinct(
    done.map(({ config }) =>
      [
        [config.backend, config.device].filter(Boolean).join(' on '),
        ...Object.entries(config.versions).map(([name, of]) => `${name} ${of}`),
      ].join(', '),
    ),
  );
  const started = done.map(({ config }) => config.started).sort();
  const command = ['serkit reproduce', `--preset ${plan.study}`, `--data ${placeless(plan.data.data)}`].concat(
    plan.unlabelled.map(({ data }) => `--unlabelled ${placeless(data)}`),
    '-o report/',
  );
  const licences: Inline[] = [...corpora.values()].flatMap(({ name, licence, attribution }) =>
    licence || attribution
      ? [[strong(name), `: ${[attribution, licence && `licence ${licence}`].filter(Boolean).join('. ')}.`]]
      : [],
  );
  return [
    heading(2, 'what-was-run', 'What was run'),
    paragraph(
      `The report “${published.title}” (${published.course}), every model and experiment of it, trained again; its sections, `,
      'tables and figures in its order, ours beside theirs.',
    ),
    list([
      [strong('Study: '), `${plan.study}. ${states.join(', ')}; ${duration(minutes)} of training.`],
      [
        strong('Data: '),
        `${placeless(plan.data.data)}, ${counted(plan.data.clips, 'clip')}; autoencoders on `,
        `${listed([plan.data.name, ...plan.unlabelled.map(({ name }) => name)])}, without labels`,
        plan.unlabelled.some(({ name }) => name === 'crema-d')
          ? '.'
          : '. The report has CREMA-D beside RAVDESS; not run: no CREMA-D here.',
      ],
      [
        strong('Settings: '),
        settingsOf(plan).join('; '),
        narrowed(plan).length > 0 ? `. Models are the report’s but for ${listed(narrowed(plan))}` : '',
        narrowedAutoencoders(plan),
        `. The report: ${published.epochs} epochs, ${published.autoencoderEpochs} of autoencoders; it gives neither folds nor seeds.`,
      ],
      [
        strong('Folds, seeds: '),
        `${folds.length > 0 ? `${folds.length === 1 ? 'fold' : 'folds'} ${listed(folds)}; ` : ''}${seeds.length === 1 ? 'seed' : 'seeds'} ${listed(seeds)}.`,
      ],
      [strong('Trained with: '), versions.length > 0 ? `${versions.join('; ')}.` : 'nothing has ended yet.'],
      [
        strong('Trained: '),
        started.length > 0 ? `runs begun ${listed(distinct([started[0], started.at(-1)!].map(day)))}; ` : '',
        `page written ${written.toISOString().slice(0, 16).replace('T', ' ')} UTC by serkit ${version}.`,
      ],
      [strong('Again: '), code(command.join(' ')), ' goes on where it was, and writes this page anew.'],
      ...licences,
    ]),
    heading(3, 'protocols', 'Two protocols'),
    list([
      [
        strong('paper'),
        ' (',
        leaksMark,
        '): the report’s. Noisy copies are made first, then three quarters of all examples are drawn at random to train on; the ',
        'test side is the rest. Copies of test clips, and other clips of their speakers, are trained on, so a model can ',
        'do well by remembering. The last epoch is kept; the best of all epochs on test data, which the report gives, is never a result here.',
      ],
      [
        strong('speaker-independent'),
        ': test speakers are never heard in training, and the epoch is chosen on two validation speakers. Mean ± sample ',
        'standard deviation over folds and seeds; where there is one run, there is no deviation. An autoencoder is trained ',
        'for each fold, so that nothing of a test speaker is in the encoder of a hybrid.',
      ],
      [
        strong('UAR'),
        ', unweighted average recall, is the mean of the labels’ recalls: what accuracy would be if all labels were equally frequent. ',
        strong('Accuracy'),
        ' is the share of right answers.',
      ],
    ]),
    ...(done.some(({ protocol, scores }) => protocol !== 'paper' && scores.leaks)
      ? [
          note(
            'Some speaker-independent runs leak too: the corpus does not say who speaks, or their weights come from runs that ',
            'knew the test side. Their scores say so in the tables.',
          ),
        ]
      : []),
    paragraph('A number is a link to the run that it came from, or to the list of its runs where it is a mean.'),
    heading(3, 'slips', 'Slips in the report'),
    list(slips),
  ];
}

/** `recognisers 3 epochs, batches of 32, …`, and in brackets the variants that have it otherwise. */
function settingsOf({ cells }: ReportContext['plan']): string[] {
  const kinds = [...group(cells, ({ kind }) => kind)];
  return kinds.map(([kind, [first, ...others]]) => {
    const texts = settings.map((text) => {
      const own = text(first.experiment);
      const unlike = rollup(
        others.filter(({ experiment }) => text(experiment) !== own),
        ([{ experiment }]) => text(experiment),
        ({ variant }) => variant,
      );
      const exceptions = [...unlike].map(([variant, otherwise]) => `${variant}: ${otherwise}`);
      return exceptions.length > 0 ? `${own} (${exceptions.join(', ')})` : own;
    });
    return `${kind}s ${texts.join(', ')}`;
  });
}

const settings: readonly ((experiment: Experiment) => string)[] = [
  ({ epochs }) => counted(epochs, 'epoch'),
  ({ batchSize }) => `batches of ${batchSize}`,
  ({ learningRate, schedule }) => `Adam at ${learningRate}, ${schedule}`,
  ({ copies }) => `${counted(copies, 'noisy copy', 'noisy copies')} of a training clip`,
  ({ features }) => `features ${features}`,
];

/** `dropouts [0.1,0.1,0.1,0.1]`: what is not as the models' own defaults, which are the report's, in any recogniser. */
function narrowed({ cells }: ReportContext['plan']): string[] {
  const texts = cells
    .filter(({ kind }) => kind === 'recogniser')
    .flatMap(({ experiment: { model, modelOptions } }) => {
      const { defaults } = architectureNamed(model);
      const own = Object.entries(modelOptions).filter(([key]) => !encoderOptions.includes(key));
      return own.flatMap(([key, value]) =>
        isDeepStrictEqual(value, defaults[key]) ? [] : [`${key} ${JSON.stringify(value)}`],
      );
    });
  return [...new Set(texts)];
}

/** Where a study's autoencoders are narrower than their rows are named. */
function narrowedAutoencoders({ cells }: ReportContext['plan']): Inline {
  const shares = cells.flatMap(({ kind, variant, experiment }) => {
    const named = Number(/-(\d+)/.exec(variant)?.[1]);
    const { dimension } = experiment.modelOptions;
    return kind === 'autoencoder' && typeof dimension === 'number' && dimension !== named ? [dimension / named] : [];
  });
  if (shares.length === 0) return '';
  return `. Autoencoders, in hybrids too, have ${percent(shares[0])} of the widths that their rows are named after`;
}

/** They differ from row to row: that is what the rows are. */
const encoderOptions = ['encoder', 'hidden', 'dimension', 'states'];

const day = (iso: string): string => iso.slice(0, 10);
