import type { Cell } from './plan.js';

/**
 * The cells that `--only` picks, and the encoders that they hold. A pattern is a variant (`cnn`), a cell's id, or either
 * with `*` for any characters (`cnn+*`, `cnn*` and `cnn/paper*`); without patterns all are picked.
 *
 * @throws RangeError that names a pattern which picks nothing, and the variants there are
 */
export function selectCells(cells: readonly Cell[], patterns: readonly string[]): Cell[] {
  if (patterns.length === 0) return [...cells];
  const picked = new Set<string>();
  for (const pattern of patterns) {
    const matches = matcher(pattern);
    const found = cells.filter(({ id, variant }) => matches(variant) || matches(id));
    if (found.length === 0) {
      const variants = [...new Set(cells.map(({ variant }) => variant))];
      throw new RangeError(
        `--only ${pattern}: picks no cell (variants: ${variants.join(', ')}; a cell: ${cells[0].id})`,
      );
    }
    for (const { id, encoder } of found) {
      picked.add(id);
      if (encoder !== undefined) picked.add(encoder);
    }
  }
  return cells.filter(({ id }) => picked.has(id));
}

function matcher(pattern: string): (text: string) => boolean {
  const escaped = pattern.split('*').map((part) => part.replace(/[\\^$.|?+()[\]{}]/g, '\\$&'));
  const whole = new RegExp(`^${escaped.join('.*')}$`);
  return (text) => whole.test(text);
}
