import type { ChartTitle } from '../charts/curves.js';
import { type DistributionAxis, distributionSpec } from '../charts/distribution.js';
import type { Exploration, Measures } from './exploration.js';
import type { ExplorationFigure } from './figures.js';
import { corpusTitle, genderNames, valuesOf } from './tables.js';

/** Pitch, level, and how far they move within a clip, by emotion and gender. What no clip has is left out. */
export function distributionFigures(exploration: Exploration): ExplorationFigure[] {
  const pitchTicks = [60, 80, 100, 125, 150, 200, 250, 300, 400, 500];
  const figure = (id: string, measure: keyof Measures, text: string, axis: DistributionAxis, caption: string) => {
    const series = [
      ...(['female', 'male'] as const).map((gender) => ({ gender, series: genderNames[gender] as string })),
      { gender: undefined, series: 'gender not known' },
    ];
    const groups = exploration.corpus.labels.flatMap((label) =>
      series.map(({ gender, series }) => ({
        category: label,
        series,
        values: valuesOf(exploration, measure, { label, gender }),
      })),
    );
    const filled = groups.filter(({ values }) => values.length > 0);
    if (filled.length === 0) return [];
    const title: ChartTitle = {
      text,
      subtitle: [
        `${corpusTitle(exploration.corpus.name)}; below each box its number of clips`,
        'line: median, box: 25 to 75 %, whiskers: 10 to 90 %',
      ],
    };
    return [{ id, title: text, caption: `${caption} ${boxText}`, spec: distributionSpec(filled, axis, title) }];
  };
  return [
    figure(
      'pitch',
      'pitchHz',
      'Pitch by emotion and gender',
      { title: 'median pitch of a clip (Hz)', logarithmicTicks: pitchTicks },
      'Median of the voiced frames of each clip, by YIN between 60 and 500 Hz; the axis is logarithmic.',
    ),
    figure(
      'pitch-range',
      'pitchRangeSemitones',
      'Range of pitch within a clip',
      { title: '10th to 90th percentile (semitones)' },
      'How far the pitch moves within each clip.',
    ),
    figure(
      'level',
      'levelDb',
      'Level by emotion and gender',
      { title: 'level of a clip (dBFS)' },
      'RMS of the active frames of each clip, those less than 30 dB below its loudest, in dB of full scale.',
    ),
    figure(
      'level-range',
      'levelRangeDb',
      'Range of level within a clip',
      { title: '10th to 90th percentile (dB)' },
      'How far the level of the active frames moves within each clip.',
    ),
  ].flat();
}

const boxText =
  'The line is the median over clips, the box their middle half, whiskers reach from the 10th to the 90th percentile.';
