import type { RecordingTimeline } from '../../workflows/predict-timeline.js';
import { percent } from '../../workflows/reporter.js';
import { table } from '../table.js';

/** What people read of a recording's timeline: a row for each window, the two most probable labels. */
export function timelineText({ file, moments }: RecordingTimeline): string {
  const rows = moments.map(({ startSeconds, endSeconds, label, unsure, probabilities, levelDbfs, warnings }) => {
    const [first, second] = Object.entries(probabilities ?? {}).sort(([, a], [, b]) => b - a);
    return [
      startSeconds.toFixed(2),
      endSeconds.toFixed(2),
      label === null ? '– no speech' : unsure ? `${label} (unsure)` : label,
      first ? percent(first[1]) : '',
      second ? `${second[0]} ${percent(second[1])}` : '',
      levelDbfs.toFixed(0),
      warnings.join('; '),
    ];
  });
  return `${file}\n${table([['from s', 'to s', 'label', 'probability', 'next', 'level dBFS', 'warnings'], ...rows])}`;
}
