import type { Field } from 'vega-lite/types_unstable/channeldef.js';
import type { LayerSpec } from 'vega-lite/types_unstable/spec/layer.js';
import { colours } from './style.js';

/** A signal as the lowest and highest sample in each of equally long columns. */
export interface Waveform {
  lowest: readonly number[];
  highest: readonly number[];
  seconds: number;
}

export interface WaveformAxes {
  title: string;
  /** Where the time axis ends: the same for pictures that are compared. */
  seconds: number;
  /** The axis goes from −`peak` to `peak`: likewise. */
  peak: number;
  width: number;
  height: number;
}

/** Amplitude over time; 1 is full scale. */
export function waveformSpec(wave: Waveform, { title, seconds, peak, width, height }: WaveformAxes) {
  const columns = wave.lowest.length;
  const values = wave.lowest.map((low, i) => ({
    time: Number((((i + 0.5) / columns) * wave.seconds).toFixed(4)),
    low,
    high: wave.highest[i],
  }));
  return {
    title: { text: title, frame: 'group', fontSize: 12, offset: 8 },
    width,
    height,
    data: { values },
    // The line keeps silence visible, where the area has no height.
    mark: { type: 'area', color: colours[0], line: false, stroke: colours[0], strokeWidth: 0.6, strokeJoin: 'round' },
    encoding: {
      x: {
        field: 'time',
        type: 'quantitative',
        title: 'time (s)',
        scale: { domain: [0, seconds], nice: false },
        axis: { grid: false, tickCount: 5 },
      },
      y: {
        field: 'low',
        type: 'quantitative',
        title: 'amplitude', // longer ones would move the panel: widths of text are estimated, too wide
        scale: { domain: [-peak, peak], nice: false },
        axis: { tickCount: 5, labelFlush: 3 },
      },
      y2: { field: 'high' },
    },
  } as unknown as LayerSpec<Field>;
}
