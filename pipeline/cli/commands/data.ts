import type { CommandModule } from 'yargs';
import { choices, defaultCacheFolder } from '../../workflows/choices.js';
import type { DataExploration } from '../../workflows/explore-data.js';
import { runCommand } from '../run-command.js';
import { table } from '../table.js';

export const data: CommandModule<{ json: boolean }> = {
  command: 'data <action> [data]',
  describe:
    'check DATA: parse a corpus, say what is in it and what is wrong; explore DATA -o DIR: tables and pictures of it; ' +
    'synth -o DIR: write the synthetic one',
  builder: (yargs) =>
    yargs
      .positional('action', { choices: ['check', 'explore', 'synth'] as const, demandOption: true })
      .positional('data', { type: 'string', default: 'synthetic', describe: choices.data })
      .option('o', { alias: 'output', type: 'string', describe: 'explore, synth: the folder to write' })
      .option('decode', { type: 'boolean', default: true, describe: 'check: decode every file too' })
      .option('cache', { type: 'string', default: defaultCacheFolder(), describe: 'explore: keeps what was measured' })
      .example('serkit data check ravdess:DIR', 'counts by emotion, gender, speaker; identical files; problems')
      .example('serkit data explore ravdess:DIR -o pictures', 'waveforms, spectrograms, pitch and energy by emotion')
      .check(({ action, o }) => action === 'check' || o !== undefined || `data ${action}: -o DIR says where`),
  handler: async (args) => {
    const { action, data, o, json, decode, cache } = args as unknown as DataArguments;
    if (action === 'explore') {
      const { exploreData } = await import('../../workflows/explore-data.js');
      await runCommand({ json }, (context) => exploreData({ data, folder: o, cache, ...context }), explorationText);
      return;
    }
    const workflow = await import('../../workflows/check-data.js');
    if (action === 'synth')
      await runCommand(
        { json },
        () => workflow.writeSynthetic(data, o),
        (manifest) => `written: ${manifest}`,
      );
    else {
      const work = workflow.checkData;
      const result = await runCommand({ json }, (context) => work({ data, decode, ...context }), checkText);
      if (result.problems.length > 0) process.exitCode = 1;
    }
  },
};

interface DataArguments {
  json: boolean;
  action: 'check' | 'explore' | 'synth';
  data: string;
  o: string;
  decode: boolean;
  cache: string;
}

type Check = Awaited<ReturnType<typeof import('../../workflows/check-data.js').checkData>>;

function checkText({ summary, problems, licence }: Check): string {
  const genders = Object.keys(summary.byGenderAndLabel).sort();
  const speakers = Object.entries(summary.bySpeaker).sort(([a], [b]) => a.localeCompare(b, 'en', { numeric: true }));
  const lines = [
    `${summary.name}: ${summary.clips} clips of ${speakers.length} speakers${licence ? `, ${licence}` : ''}`,
    '',
    table([
      ['label', 'clips', ...genders],
      ...Object.entries(summary.byLabel).map(([label, clips]) => [
        label,
        clips,
        ...genders.map((gender) => summary.byGenderAndLabel[gender][label] ?? 0),
      ]),
    ]),
    '',
    `intensity: ${Object.entries(summary.byIntensity)
      .map(([name, clips]) => `${name} ${clips}`)
      .join(', ')}`,
    `speakers: ${speakers.map(([name, clips]) => `${name} (${clips})`).join(', ')}`,
    `identical files: ${summary.identical.length === 0 ? 'none' : summary.identical.map((ids) => ids.join(' = ')).join('; ')}`,
    `problems: ${problems.length === 0 ? 'none' : problems.length}`,
    ...problems.map(({ file, reason }) => `  ${file}: ${reason}`),
  ];
  return lines.join('\n');
}

function explorationText({ files, tables }: DataExploration): string {
  const text = ({ title, columns, rows, note }: DataExploration['tables'][number]) =>
    [title, '', table([columns, ...rows]), ...(note ? ['', note] : [])].join('\n');
  return [...tables.map(text), files.join('\n')].join('\n\n');
}
