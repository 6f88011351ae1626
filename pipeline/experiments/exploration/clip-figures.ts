import { max, quantile } from 'd3-array';
import type { TopLevelSpec } from 'vega-lite';
import { type HeatMap, heatMapSpec } from '../charts/heat-map.js';
import { overTimeSpec } from '../charts/over-time.js';
import { chartConfig } from '../charts/style.js';
import { waveformSpec } from '../charts/waveform.js';
import type { ClipPicture, Exploration, Matrix } from './exploration.js';
import type { ExplorationFigure } from './figures.js';
import { corpusTitle } from './tables.js';

/** Figure 12 averages so many. */
const AVERAGED = 30;

/** 8 of `figure-08`; undefined for figures that the report doesn't have. */
export function figureNumber(id: string): number | undefined {
  const digits = /^figure-(\d+)$/.exec(id)?.[1];
  return digits === undefined ? undefined : Number(digits);
}

export interface Scales {
  seconds: number;
  peak: number;
  mel: readonly [number, number];
  mfcc: readonly [number, number];
}

/** One set of scales for all pictures of clips, so that they can be compared. */
export function scalesOf({ pictures }: Pick<Exploration, 'pictures'>): Scales {
  const peak = max(pictures, ({ envelope }) => max([...envelope.highest, ...envelope.lowest.map((value) => -value)]))!;
  const swing = quantile(
    pictures.flatMap(({ mfcc }) => withoutFirst(mfcc).values),
    0.995,
    Math.abs,
  )!;
  return {
    seconds: Math.ceil(2 * max(pictures, ({ seconds }) => seconds)!) / 2,
    peak: Math.max(0.05, Math.ceil(20 * peak) / 20),
    mel: [0, Math.ceil(max(pictures, ({ melSpectrogram }) => max(melSpectrogram.values))!)],
    mfcc: [-roundedUp(swing), roundedUp(swing)],
  };
}

/** To one significant figure. */
function roundedUp(value: number): number {
  const unit = 10 ** Math.floor(Math.log10(Math.max(value, 1e-9)));
  return Math.ceil(value / unit) * unit;
}

/** Figures 1 to 3: one clip, three ways to see it. */
export function singleFigures(exploration: Exploration, picture: ClipPicture): ExplorationFigure[] {
  const scales = scalesOf({ pictures: [picture] });
  const of = `${describe(picture)}. ${sourceOf(exploration, picture)}`;
  const size = { width: 600, height: 200 };
  const [wave, mel, mfcc] = panelsOf(exploration, picture, { ...scales, seconds: picture.seconds }, size);
  const single = (panel: object, title: string) =>
    ({ ...panel, title: { text: title, subtitle: [describe(picture)] }, config: chartConfig }) as TopLevelSpec;
  return [
    {
      id: 'figure-01',
      title: 'An audio wave',
      caption: `${of} Amplitude 1 is full scale.`,
      spec: single(wave, 'Figure 1. An audio wave'),
    },
    {
      id: 'figure-02',
      title: 'The same audio wave as mel spectrogram',
      caption: `${of} ${featureText(exploration)}`,
      spec: single(mel, 'Figure 2. The same audio wave as mel spectrogram'),
    },
    {
      id: 'figure-03',
      title: 'The same audio wave as MFCC',
      caption: `${of} ${mfccText(picture)}`,
      spec: single(mfcc, 'Figure 3. The same audio wave as MFCC'),
    },
  ];
}

/** Figures 8 to 11 and 13: a clip's waveform, mel spectrogram and MFCC side by side. */
export function clipFigure(
  exploration: Exploration,
  id: string,
  picture: ClipPicture,
  scales: Scales,
): ExplorationFigure {
  const size = { width: 230, height: 150 };
  const title = describe(picture);
  const { instead } = exploration.chosen[id];
  const differs = instead.length > 0 ? ` Nearest clip: ${instead.join('; ')}.` : '';
  return {
    id,
    title,
    caption: `${sourceOf(exploration, picture)}${differs} Scales are those of the other clips' figures; amplitude 1 is full scale.`,
    spec: {
      title: { text: `Figure ${figureNumber(id)}. ${title}`, subtitle: [picture.clip.id] },
      hconcat: panelsOf(exploration, picture, scales, size),
      spacing: 20,
      resolve: { scale: { color: 'independent' } },
      config: chartConfig,
    } as TopLevelSpec,
  };
}

function panelsOf(
  { featureSpec }: Exploration,
  { envelope, seconds: clipSeconds, melSpectrogram, mfcc }: ClipPicture,
  { seconds, peak, mel, mfcc: swing }: Scales,
  size: { width: number; height: number },
) {
  const columnSeconds = featureSpec.hopSamples / featureSpec.sampleRateHz;
  const map = ({ bands, frames, values }: Matrix, firstRow: number, domain: Scales['mel']): HeatMap => ({
    values,
    rows: bands,
    columns: frames,
    firstRow,
    columnSeconds,
    domain,
  });
  return [
    waveformSpec({ ...envelope, seconds: clipSeconds }, { title: 'Waveform', seconds, peak, ...size }),
    heatMapSpec(map(melSpectrogram, 1, mel), {
      title: 'Mel spectrogram',
      axis: 'mel band',
      colour: 'ln(1 + power)',
      seconds,
      ...size,
    }),
    heatMapSpec(map(withoutFirst(mfcc), 1, swing), {
      title: 'MFCC without coefficient 0',
      axis: 'coefficient',
      colour: 'MFCC',
      seconds,
      ...size,
    }),
  ];
}

/** Coefficient 0, twice the sum of all bands, is ten times larger than the rest: beside it they would look alike. */
const withoutFirst = ({ bands, frames, values }: Matrix): Matrix => ({
  bands: bands - 1,
  frames,
  values: values.slice(frames),
});

/** Figure 12: the mean of the first 30 coefficients over time, a woman's and a man's. */
export function averageFigure(
  exploration: Exploration,
  woman: ClipPicture,
  man: ClipPicture,
): ExplorationFigure | undefined {
  if (woman === man || !woman.clip.gender || !man.clip.gender) return undefined;
  const { hopSamples, sampleRateHz } = exploration.featureSpec;
  const tracks = [woman, man].map(({ clip, mfcc }) => ({
    name: `${clip.gender}: ${clip.id}`,
    values: meanOfRows(mfcc, AVERAGED),
    frameSeconds: hopSamples / sampleRateHz,
  }));
  const title = `Male and female, ${emotionOf(woman)}: mean of ${AVERAGED} MFCC`;
  return {
    id: 'figure-12',
    title,
    caption:
      `The mean of coefficients 0 to ${AVERAGED - 1} in each frame. Coefficient 0, the loudness of all bands, makes up most ` +
      `of it. ${sourceOf(exploration, woman)} ${sourceOf(exploration, man)}`,
    spec: overTimeSpec(tracks, `mean of ${AVERAGED} MFCC`, { text: `Figure 12. ${title}` }),
  };
}

/** (frames): the mean over the first `rows` bands. */
export function meanOfRows({ bands, frames, values }: Matrix, rows: number): number[] {
  const taken = Math.min(rows, bands);
  return Array.from({ length: frames }, (_, t) => {
    let sum = 0;
    for (let band = 0; band < taken; band++) sum += values[band * frames + t];
    return Number((sum / taken).toFixed(3));
  });
}

/** `Female, strong angry, “kids”`, as far as it is known. */
function describe(picture: ClipPicture): string {
  const { gender, statement } = picture.clip;
  const parts = [gender, emotionOf(picture), statement ? `“${statement}”` : undefined];
  const text = parts.filter((part) => part !== undefined).join(', ');
  return text[0].toUpperCase() + text.slice(1);
}

/** How intensities are read out; as the corpus calls them where they aren't here. */
const intensityWords: Readonly<Record<string, string>> = { normal: '', MD: '', XX: '', HI: 'strong', LO: 'weak' };

function emotionOf({ clip: { label, intensity = '' } }: ClipPicture): string {
  return `${intensityWords[intensity] ?? intensity} ${label}`.trim();
}

const sourceOf = ({ corpus }: Exploration, { clip, seconds }: ClipPicture): string =>
  `Clip ${clip.id} of ${corpusTitle(corpus.name)}, ${seconds.toFixed(2)} s.`;

function featureText({ featureSpec }: Exploration): string {
  const { melBands, sampleRateHz, windowSamples, hopSamples } = featureSpec;
  return `${melBands} mel bands from 0 to ${sampleRateHz / 2000} kHz, window ${windowSamples}, hop ${hopSamples} samples.`;
}

const mfccText = ({ mfcc }: ClipPicture): string =>
  `Coefficients 1 to ${mfcc.bands - 1}; coefficient 0, twice the sum of all bands, is left out, and colours end where the ` +
  'largest half percent begins.';
