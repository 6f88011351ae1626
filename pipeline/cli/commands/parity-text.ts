import type { ParityResult } from '../../workflows/parity.js';
import { type Comparison, wayText } from '../../workflows/parity-ways.js';
import { table } from '../table.js';

/** The table of a comparison, and what it came to. */
export function parityText({ reference, comparisons, passed }: ParityResult): string {
  const attention = comparisons.some((each) => 'largestAttentionDifference' in each);
  const head = ['reference', 'compared', 'clips', 'same label', 'undecided', 'largest |Δp|'];
  const rows = comparisons.map((each) => [reference, ...cells(each, attention)]);
  return [
    table([[...head, ...(attention ? ['largest |Δattention|'] : []), 'allowed', 'outcome'], ...rows]),
    verdict(comparisons, passed, attention),
    ...new Set(comparisons.flatMap(remarks)),
  ].join('\n');
}

function cells(each: Comparison, attention: boolean): (string | number)[] {
  const way = wayText(each);
  if (each.outcome === 'skipped') return [way, '', '', '', '', ...(attention ? [''] : []), '', each.outcome];
  const { clips, sameLabel, undecided, largestDifference, largestAttentionDifference } = each;
  return [
    ...[way, clips, sameLabel, undecided.length, largestDifference.toExponential(1)],
    ...(attention ? [largestAttentionDifference?.toExponential(1) ?? ''] : []),
    ...['tolerance' in each ? String(each.tolerance) : 'any', each.outcome],
  ];
}

function verdict(comparisons: readonly Comparison[], passed: boolean, attention: boolean): string {
  if (!passed) return 'NOT identical';
  const tolerances = comparisons.flatMap((each) => ('tolerance' in each ? [each.tolerance] : []));
  if (tolerances.length === 0) return 'nothing that must be identical was compared';
  const what = `no probability${attention ? ' or weight' : ''} further apart than ${Math.max(...tolerances)}`;
  return `identical: the same label on every clip that is decided, ${what}`;
}

function remarks(each: Comparison): string[] {
  if (each.outcome === 'skipped') return [`skipped ${each.runtime}: ${each.reason}`];
  const named = (what: string, clips: readonly string[]) =>
    clips.length > 0 ? [`${wayText(each)}: ${what}: ${clips.join(', ')}`] : [];
  return [
    ...named('another label', each.otherLabel),
    ...named('undecided, two labels as good as equal', each.undecided),
  ];
}
