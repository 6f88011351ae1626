/** 0.6234 → `62.3 %`. */
export const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;

/** `62.3 %`, `62.3 ± 1.5 %`. */
export const percentOf = (share: number, deviation?: number): string =>
  deviation === undefined ? percent(share) : `${(100 * share).toFixed(1)} ± ${percent(deviation)}`;

/** A difference of shares in percentage points: 0.0123 → `+1.2`. */
export const points = (difference: number): string => {
  const text = (100 * difference).toFixed(1);
  return text === '0.0' || text === '-0.0' ? '0.0' : `${difference > 0 ? '+' : '−'}${text.replace('-', '')}`;
};

/** `41.0 to 45.2 %`. */
export const percentInterval = ({ low, high }: { low: number; high: number }): string =>
  `${(100 * low).toFixed(1)} to ${(100 * high).toFixed(1)} %`;

/** `−1.2 to +3.4`. */
export const pointsInterval = ({ low, high }: { low: number; high: number }): string =>
  `${points(low)} to ${points(high)}`;

/** Below a minute in seconds, below two hours in minutes, then in hours: the unit a person would say. */
export function duration(minutes: number): string {
  if (minutes < 1) return `${Math.round(60 * minutes)} s`;
  if (minutes < 120) return `${minutes.toFixed(minutes < 10 ? 1 : 0)} min`;
  return `${(minutes / 60).toFixed(1)} h`;
}

/** A loss with three figures: 0.01234 → `0.0123`. */
export const loss = (value: number): string => (value === 0 ? '0' : value.toPrecision(3));

/** `0.512`, `0.512 ± 0.014`: the deviation with as many decimals. */
export function lossOf(value: number, deviation?: number): string {
  if (deviation === undefined) return loss(value);
  const decimals = /\.(\d+)$/.exec(loss(value))?.[1].length ?? 0;
  return `${loss(value)} ± ${deviation.toFixed(decimals)}`;
}

export const thousands = (count: number): string => count.toLocaleString('en-US');

/** `1 clip`, `2 clips`. */
export const counted = (count: number, one: string, many = `${one}s`): string =>
  `${thousands(count)} ${count === 1 ? one : many}`;

/** `1`, `1 and 2`, `1, 2 and 3`. */
export const listed = (items: readonly (string | number)[]): string =>
  items.length < 2 ? items.join('') : `${items.slice(0, -1).join(', ')} and ${items.at(-1)}`;
