import type { CommandModule } from 'yargs';
import type { Prediction } from '../../workflows/predict.js';
import type { FolderPredictions } from '../../workflows/predict-folder.js';
import { durationText, percent } from '../../workflows/reporter.js';
import { runCommand, UsageError } from '../run-command.js';
import { withProvider } from './options.js';
import { timelineText } from './timeline-text.js';

export const predict: CommandModule<{ json: boolean }> = {
  command: 'predict <model> <files..>',
  describe: 'label recordings (WAV, FLAC, MP3, Ogg), or folders of them, with an .onnx file',
  builder: (yargs) =>
    withProvider(yargs)
      .positional('model', { type: 'string', demandOption: true, describe: 'MODEL.onnx' })
      .positional('files', {
        type: 'string',
        array: true,
        demandOption: true,
        describe: 'recordings; with -o folders too',
      })
      .option('o', {
        alias: 'output',
        type: 'string',
        describe:
          'write a row for each recording to a .csv or .jsonl, on all cores, and go on with what is there: rows of the same ' +
          'model, path, size and time of change stay. A recording that cannot be used has a row with its error, ' +
          'and the exit code is 1 in the end. Recordings of up to an hour; provider auto is cpu here',
      })
      .option('jobs', { type: 'number', implies: 'o', describe: 'with -o: recordings at a time (default: one a core)' })
      .option('attention', {
        type: 'string',
        describe: 'folder for pictures of the recordings with the attention over them (models that have such)',
      })
      .option('timeline', { type: 'boolean', describe: 'label window by window; what is no speech gets no label' })
      .option('window', {
        type: 'number',
        implies: 'timeline',
        describe: 'length of a window, seconds (default: what the model hears at once)',
      })
      .option('hop', {
        type: 'number',
        implies: 'timeline',
        describe: "from one window's start to the next, seconds (default: a quarter of a window)",
      })
      .conflicts('timeline', 'attention')
      .example('serkit predict demo/demo.onnx hello.wav', 'the label and the probability of each')
      .example('serkit predict demo/demo.onnx call.wav --timeline --hop 1', 'a row a second')
      .example(
        'serkit predict attention.onnx hello.wav --attention pictures',
        'what of the recording counted, as SVG and PNG',
      )
      .conflicts('attention', 'o')
      .conflicts('timeline', 'o')
      .example('serkit predict emotions.onnx recordings/ -o emotions.csv', 'every recording below the folder'),
  handler: async (args) => {
    const { json, model, files, provider, attention, timeline, o: output, jobs } = args as unknown as PredictArguments;
    if (timeline) {
      await printTimelines(args as unknown as PredictArguments);
      return;
    }
    if (output !== undefined) {
      await writeTable({ json, model, files, provider, output, jobs });
      return;
    }
    const workflow = await import('../../workflows/predict.js');
    await runCommand(
      { json },
      async ({ signal }) => ({ predictions: await workflow.predict(model, files, { provider, attention, signal }) }),
      ({ predictions }) => predictions.map(predictionText).join('\n'),
    );
  },
};

async function writeTable({ json, model, files, provider, output, jobs }: PredictArguments & { output: string }) {
  if (!/\.(csv|jsonl)$/i.test(output)) throw new UsageError(`-o ${output}: must end in .csv or .jsonl`);
  if (jobs !== undefined && !(Number.isInteger(jobs) && jobs >= 1))
    throw new UsageError(`--jobs ${jobs}: must be a whole number of 1 or more`);
  const { predictFolder } = await import('../../workflows/predict-folder.js');
  const { failed } = await runCommand(
    { json },
    (context) => predictFolder(model, files, { provider, output, jobs, ...context }),
    folderText,
  );
  if (failed > 0) process.exitCode = 1;
}

/** What a table came to, and the first recordings that could not be used. */
function folderText({ output, recordings, answered, before, failed, failures, seconds }: FolderPredictions): string {
  const more = failed - failures.length;
  return [
    `${output}: ${recordings} recordings, ${answered} now in ${durationText(seconds)}, ${before} before`,
    ...(failed > 0 ? [`${failed} could not be used:`] : []),
    ...failures.map(({ file, error }) => `  ${file}: ${error}`),
    ...(more > 0 ? [`  and ${more} more, in the column error`] : []),
  ].join('\n');
}

async function printTimelines({ json, model, files, provider, window, hop }: PredictArguments) {
  const { predictTimeline } = await import('../../workflows/predict-timeline.js');
  await runCommand(
    { json },
    async ({ signal }) => ({
      timelines: await predictTimeline(model, files, { provider, windowSeconds: window, hopSeconds: hop, signal }),
    }),
    ({ timelines }) => timelines.map(timelineText).join('\n\n'),
  );
}

/** What people read of one recording: the labels from the most probable on, and what else there is to say. */
function predictionText({ file, label, unsure, probabilities, attention, warnings, pictures }: Prediction): string {
  const ranked = Object.entries(probabilities).sort(([, a], [, b]) => b - a);
  const shown = ranked.map(([name, p]) => `${name} ${percent(p)}`).join(', ');
  const spans = attention?.map(
    ({ startSeconds, endSeconds, weight }) =>
      `${startSeconds.toFixed(2)}–${endSeconds.toFixed(2)} s ${percent(weight)}`,
  );
  return [
    `${file}: ${label}${unsure ? ', unsure' : ''} (${shown})`,
    ...(spans ? [`  attention: ${spans.join(', ')}`] : []),
    ...(pictures ?? []).map((picture) => `  ${picture}`),
    ...warnings.map((warning) => `  warning: ${warning}`),
  ].join('\n');
}

interface PredictArguments {
  json: boolean;
  model: string;
  files: string[];
  provider: 'auto';
  attention?: string;
  o?: string;
  jobs?: number;
  timeline?: boolean;
  window?: number;
  hop?: number;
}
