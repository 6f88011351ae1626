import { type Box, boxOf } from '../charts/distribution.js';
import type { Exploration, Measures } from './exploration.js';
import { slips, table2, table3 } from './published.js';

export interface ExplorationTable {
  id: string;
  title: string;
  columns: string[];
  rows: (string | number)[][];
  /** What is to be said below the table; may be empty. */
  note: string;
}

/** How genders are called in tables and pictures; clips of neither are left out where men and women are compared. */
export const genderNames = { female: 'women', male: 'men' } as const;

const notRun = 'not run: no CREMA-D here';

/**
 * The tables of the section: `table-2` (emotions of RAVDESS; of another corpus its own beside them), `table-3` (CREMA-D,
 * whose cells say so where this corpus is another) and `pitch-and-energy`. Of CREMA-D there is no `table-2`.
 */
export function explorationTables(exploration: Exploration): ExplorationTable[] {
  const isCremaD = exploration.corpus.name === 'crema-d';
  const tables = [cremaDTable(isCremaD ? exploration : undefined), pitchAndEnergyTable(exploration)];
  return isCremaD ? tables : [emotionsTable(exploration), ...tables];
}

function emotionsTable({ corpus, counts }: Exploration): ExplorationTable {
  const published = new Map<string, (typeof table2)[number]>(table2.map((row) => [row.label, row]));
  const labels = [...new Set([...table2.map(({ label }) => label), ...corpus.labels])];
  const rows = labels.map((label) => {
    const count = counts.find((row) => row.label === label);
    const { female = 0, male = 0, unknown = 0 } = count ?? {};
    return [label, published.get(label)?.clips ?? '–', ...(count ? [female + male + unknown, female, male] : none(3))];
  });
  const sum = (key: 'female' | 'male' | 'unknown') => counts.reduce((total, row) => total + row[key], 0);
  const unknown = sum('unknown');
  const published2 = table2.reduce((total, { clips }) => total + clips, 0);
  return {
    id: 'table-2',
    title: `Emotions in ${corpusTitle(corpus.name)}`,
    columns: ['emotion', 'report: RAVDESS', `${corpusTitle(corpus.name)} here`, 'women', 'men'],
    rows: [...rows, ['all', published2, corpus.clips, sum('female'), sum('male')]],
    note: unknown > 0 ? `Of ${unknown} clips the speaker's gender is not known.` : '',
  };
}

function cremaDTable(exploration: Exploration | undefined): ExplorationTable {
  const rows = table3.map(({ label, female, male }) => {
    const count = exploration?.counts.find((row) => row.label === label);
    return [label, female, male, ...(exploration ? [count?.female ?? 0, count?.male ?? 0] : [notRun, notRun])];
  });
  const total = (column: number) => rows.reduce((sum, row) => sum + Number(row[column]), 0);
  const all = ['all', total(1), total(2), ...(exploration ? [total(3), total(4)] : [notRun, notRun])];
  return {
    id: 'table-3',
    title: 'Emotions in CREMA-D',
    columns: ['emotion', 'report: women', 'report: men', 'women here', 'men here'],
    rows: [...rows, all],
    note: slips.table3,
  };
}

/** Medians over clips, with the middle half; n is the clips that have a pitch. */
function pitchAndEnergyTable(exploration: Exploration): ExplorationTable {
  const rows = exploration.corpus.labels.flatMap((label) =>
    (['female', 'male'] as const).flatMap((gender) => {
      const box = (measure: keyof Measures) => boxOf(valuesOf(exploration, measure, { label, gender }));
      const pitch = box('pitchHz');
      const level = box('levelDb');
      if (!level) return [];
      return [
        [
          label,
          genderNames[gender],
          level.n,
          halfText(pitch, 0),
          halfText(box('pitchRangeSemitones'), 1),
          halfText(level, 1),
          halfText(box('levelRangeDb'), 1),
        ],
      ];
    }),
  );
  const voiceless = exploration.measured.filter(({ pitchHz }) => pitchHz === null).length;
  const bad = exploration.problems.length;
  return {
    id: 'pitch-and-energy',
    title: `Pitch and energy in ${corpusTitle(exploration.corpus.name)}: median over clips (middle half)`,
    columns: ['emotion', 'speakers', 'clips', 'pitch, Hz', 'its range, semitones', 'level, dBFS', 'its range, dB'],
    rows,
    note:
      'Of a clip: the median pitch of its voiced frames (YIN) and the level of its active frames; a range is from the 10th to ' +
      `the 90th percentile of its frames. ${voiceless === 0 ? 'Every clip has voiced frames.' : `${clipsText(voiceless)} no voiced frame.`}` +
      (bad > 0 ? ` ${bad} could not be read.` : ''),
  };
}

/** A measure of all clips of a label and gender that have it. */
export function valuesOf(
  { measured }: Exploration,
  measure: keyof Measures,
  { label, gender }: { label: string; gender?: 'female' | 'male' },
): number[] {
  const some = measured.filter((clip) => clip.label === label && clip.gender === gender);
  return some.flatMap((clip) => clip[measure] ?? []);
}

export const corpusTitle = (name: string): string =>
  ({ ravdess: 'RAVDESS', 'crema-d': 'CREMA-D', synthetic: 'the synthetic corpus' })[name] ?? name;

const clipsText = (n: number): string => (n === 1 ? '1 clip has' : `${n} clips have`);

const none = (cells: number): string[] => Array.from({ length: cells }, () => '–');

const halfText = (box: Box | undefined, decimals: number): string =>
  box
    ? `${minus(box.median.toFixed(decimals))} (${minus(box.p25.toFixed(decimals))} to ${minus(box.p75.toFixed(decimals))})`
    : '–';

const minus = (figure: string) => figure.replace('-', '−');
