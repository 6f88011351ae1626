import type { CommandModule } from 'yargs';
import { choices } from '../../workflows/choices.js';
import { runCommand } from '../run-command.js';
import { table } from '../table.js';

export const data: CommandModule<{ json: boolean }> = {
  command: 'data <action> [data]',
  describe: 'check DATA: parse a corpus, say what is in it and what is wrong; synth -o DIR: write the synthetic one',
  builder: (yargs) =>
    yargs
      .positional('action', { choices: ['check', 'synth'] as const, demandOption: true })
      .positional('data', { type: 'string', default: 'synthetic', describe: choices.data })
      .option('o', { alias: 'output', type: 'string', describe: 'synth: the folder to write' })
      .option('decode', { type: 'boolean', default: true, describe: 'check: decode every file too' })
      .example('serkit data check ravdess:DIR', 'counts by emotion, gender, speaker; identical files; problems')
      .check(({ action, o }) => action === 'check' || o !== undefined || 'data synth: -o DIR says where'),
  handler: async (args) => {
    const { action, data, o, json, decode } = args as unknown as DataArguments;
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
  action: 'check' | 'synth';
  data: string;
  o: string;
  decode: boolean;
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
