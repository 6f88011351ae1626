import type { TopLevelSpec } from 'vega-lite';
import type { ChunkSpan } from '../../features/index.js';
import type { ChartTitle } from './curves.js';
import { encodeIndexedPng, SHADES, shadesBetween } from './indexed-png.js';
import { chartConfig } from './style.js';

/** A clip as it sounds, and how much each of its chunks counted. */
export interface AttendedClip {
  samples: Float32Array;
  sampleRateHz: number;
  /** Mel spectrogram of the whole clip, frame t centred on t · hopSeconds; bands from 0 Hz to half the sample rate. */
  spectrogram: { values: Float32Array; bands: number; frames: number; hopSeconds: number }; // (bands, frames)
  /** Weights, together 1. */
  attention: readonly (ChunkSpan & { weight: number })[];
}

const WIDTH = 640;
const LANE = 26;
/** The bounds of so many chunks are drawn into the spectrogram; more would be a fence before it. */
const BOUNDED_UP_TO = 3;

/** White to black ink: loud is dark, in print as on a screen. */
const loudness = ['#ffffff', '#d9e6f2', '#7fa8d1', '#2f5f9e', '#0b2a5b', '#03102b'];
/** Weight 0 to 1; nothing of the spectrogram has this hue. */
const weights = ['#fdf1e7', '#d55e00'];

/**
 * The chunks with their weights as bars, a lane each as they may overlap; below them the waveform, shaded by the weights of
 * the chunks that hold it, and the mel spectrogram with the chunks' bounds. One time axis for all.
 */
export function attentionSpec(clip: AttendedClip, title: ChartTitle): TopLevelSpec {
  const { samples, sampleRateHz, attention } = clip;
  const clipEnd = samples.length / sampleRateHz;
  const end = Math.max(clipEnd, ...attention.map(({ endSeconds }) => endSeconds));
  const chunks = attention.map(({ startSeconds, endSeconds, weight }, i) => ({
    ...{ startSeconds, endSeconds, weight },
    lane: `chunk ${i + 1}`,
    text: percentText(weight),
    middle: (startSeconds + endSeconds) / 2,
    inside: endSeconds - startSeconds > 0.1 * end, // of a short bar in a long clip the text stands behind it
  }));
  const time = (title: string | null) => ({
    field: 'startSeconds',
    type: 'quantitative',
    title,
    scale: { domain: [0, end], nice: false },
    axis: { grid: false, tickCount: 10, labels: title !== null, labelFlush: false, format: '~g' },
  });
  const edges = attention.flatMap(({ startSeconds, endSeconds }) => [{ at: startSeconds }, { at: endSeconds }]);
  const bounds = {
    data: { values: edges.length <= 2 * BOUNDED_UP_TO ? edges : [] },
    mark: { type: 'rule', color: '#d55e00', strokeDash: [4, 3], strokeWidth: 1 },
    encoding: { x: { field: 'at', type: 'quantitative' } },
  };
  const added = {
    data: { values: clipEnd < end ? [{ from: clipEnd, to: end }] : [] },
    encoding: { x: { field: 'from', type: 'quantitative' } },
    layer: [
      { mark: { type: 'rect', color: '#e8e8e8' }, encoding: { x2: { field: 'to' } } },
      {
        transform: [{ filter: `datum.to - datum.from > ${0.07 * end}` }], // where the words have room
        mark: { type: 'text', text: ['added', 'silence'], align: 'left', dx: 4, fontSize: 10, color: '#555' },
        encoding: { y: { value: 10 } },
      },
    ],
  };
  return {
    title,
    data: { values: chunks },
    vconcat: [
      {
        width: WIDTH,
        height: LANE * chunks.length,
        encoding: {
          x: time(null),
          x2: { field: 'endSeconds' },
          y: { field: 'lane', type: 'nominal', sort: null, title: null, axis: { ticks: false, domain: false } },
        },
        layer: [
          {
            mark: { type: 'bar', height: LANE - 6, stroke: '#d55e00', strokeWidth: 0.5 },
            encoding: {
              color: {
                field: 'weight',
                type: 'quantitative',
                scale: { domain: [0, 1], range: weights },
                legend: null,
              },
            },
          },
          {
            transform: [{ filter: 'datum.inside' }],
            mark: { type: 'text', fontSize: 11 },
            encoding: {
              x: { field: 'middle', type: 'quantitative' },
              x2: null,
              text: { field: 'text' },
              color: { condition: { test: 'datum.weight > 0.7', value: 'white' }, value: '#111' },
            },
          },
          {
            transform: [{ filter: '!datum.inside' }],
            mark: { type: 'text', fontSize: 11, align: 'left', dx: 5 },
            encoding: { x: { field: 'endSeconds', type: 'quantitative' }, x2: null, text: { field: 'text' } },
          },
        ],
      },
      {
        width: WIDTH,
        height: 90,
        layer: [
          {
            mark: { type: 'rect', color: '#d55e00' },
            encoding: {
              x: time(null),
              x2: { field: 'endSeconds' },
              opacity: {
                field: 'weight',
                type: 'quantitative',
                scale: { domain: [0, 1], range: [0, 0.5] },
                legend: null,
              },
            },
          },
          {
            data: { values: envelope(clip) },
            mark: { type: 'rule', color: '#222', strokeWidth: 1 },
            encoding: {
              x: { field: 'at', type: 'quantitative' },
              y: {
                field: 'low',
                type: 'quantitative',
                title: 'amplitude',
                axis: { tickCount: 3, grid: false, format: '~g' },
              },
              y2: { field: 'high' },
            },
          },
        ],
      },
      {
        width: WIDTH,
        height: 200,
        layer: [spectrogramLayer(clip, time('time (s)')), added, bounds],
      },
    ],
    spacing: 8,
    config: chartConfig,
  } as TopLevelSpec;
}

const percentText = (share: number): string => `${(100 * share).toFixed(1)} %`;

/** Lowest and highest sample of each pixel's time. */
function envelope({ samples, sampleRateHz }: AttendedClip): { at: number; low: number; high: number }[] {
  const columns = Math.min(samples.length, WIDTH);
  return Array.from({ length: columns }, (_, i) => {
    const [from, to] = [i, i + 1].map((column) => Math.floor((column * samples.length) / columns));
    const [low, high] = [from, to].map(() => samples[from]);
    const ends = samples.subarray(from, to).reduce(([a, b], s) => [Math.min(a, s), Math.max(b, s)], [low, high]);
    return { at: (from + to) / 2 / sampleRateHz, low: ends[0], high: ends[1] };
  });
}

/** mel(f) = 1125 ln(1 + f/700), as Meyda has it; the axis is in mel, its labels in Hz. */
const mel = (hz: number): number => 1125 * Math.log(1 + hz / 700);
const hzLabel = "format(700 * (exp(datum.value / 1125) - 1), ',d')";

function spectrogramLayer({ spectrogram, sampleRateHz }: AttendedClip, x: object): object {
  const { bands, frames, hopSeconds } = spectrogram;
  const step = mel(sampleRateHz / 2) / (bands + 1); // band j's triangle is over 0, 1 and 2 steps from j, its middle at j + 1
  const ticks = [0, 250, 500, 1000, 2000, 4000, 8000, 16_000].filter((hz) => hz <= sampleRateHz / 2);
  return {
    data: {
      values: [
        {
          startSeconds: -hopSeconds / 2,
          endSeconds: (frames - 0.5) * hopSeconds,
          low: step / 2,
          high: (bands + 0.5) * step,
          url: picture(spectrogram),
        },
      ],
    },
    mark: { type: 'image', aspect: false, clip: true },
    encoding: {
      x,
      x2: { field: 'endSeconds' },
      y: {
        field: 'low',
        type: 'quantitative',
        title: 'Hz (mel scale)',
        scale: { domain: [0, mel(sampleRateHz / 2)], nice: false },
        axis: { grid: false, values: ticks.map(mel), labelExpr: hzLabel },
      },
      y2: { field: 'high' },
      url: { field: 'url', type: 'nominal' },
    },
  };
}

/** A pixel a band and frame, the highest band on top, as a PNG in a data URI. */
function picture({ values, bands, frames }: AttendedClip['spectrogram']): string {
  const columns = Math.min(frames, 2 * WIDTH);
  const loudest = values.reduce((a, b) => Math.max(a, b), 1e-6);
  const pixels = Uint8Array.from({ length: bands * columns }, (_, pixel) => {
    const [band, column] = [bands - 1 - Math.floor(pixel / columns), pixel % columns];
    const [from, to] = [column, column + 1].map((edge) => Math.floor((edge * frames) / columns));
    const mean = values.subarray(band * frames + from, band * frames + to).reduce((a, b) => a + b, 0) / (to - from);
    return Math.round((SHADES - 1) * Math.min(1, Math.max(0, mean / loudest)));
  });
  const png = encodeIndexedPng({ width: columns, height: bands, pixels, palette: shadesBetween(loudness) });
  return `data:image/png;base64,${png.toString('base64')}`;
}
