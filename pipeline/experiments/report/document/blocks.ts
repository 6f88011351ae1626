import type { TopLevelSpec } from 'vega-lite';

/** Text with marks. A newline is a line break. */
export type Inline = string | Span | readonly Inline[];

export interface Span {
  text: string;
  /** Relative to the page, or `#id`. */
  href?: string;
  strong?: boolean;
  /** Beside what it explains: smaller, grey. */
  small?: boolean;
  /** A word that must not be overlooked: "leaks". */
  warning?: boolean;
  code?: boolean;
  /** What links lead to. */
  id?: string;
}

export interface Column {
  title: Inline;
  /** Set to the right. */
  numeric?: boolean;
}

/** A picture of a figure: one file, `figures/NAME.svg`. */
export interface Picture {
  name: string;
  /** What it shows, for those who can't see it: what is drawn, and the numbers that matter. */
  description: string;
  spec: TopLevelSpec;
}

export type Block =
  | { kind: 'heading'; level: 2 | 3 | 4; id: string; text: string }
  | { kind: 'paragraph'; text: Inline; note?: boolean }
  | { kind: 'list'; items: readonly Inline[] }
  | {
      kind: 'table';
      id: string;
      caption: Inline;
      columns: readonly Column[];
      /** The first cell of a row is its header. */
      rows: readonly (readonly Inline[])[];
    }
  | { kind: 'figure'; id: string; caption: Inline; pictures: readonly Picture[] };

/** What is written: a page of HTML, and the same as Markdown. */
export interface Page {
  title: string;
  subtitle: string;
  blocks: readonly Block[];
}

export const heading = (level: 2 | 3 | 4, id: string, text: string): Block => ({ kind: 'heading', level, id, text });
export const paragraph = (...text: readonly Inline[]): Block => ({ kind: 'paragraph', text });
/** A paragraph beside the matter: how something was computed, what is lacking. */
export const note = (...text: readonly Inline[]): Block => ({ kind: 'paragraph', text, note: true });
export const list = (items: readonly Inline[]): Block => ({ kind: 'list', items });
export const strong = (text: string): Span => ({ text, strong: true });
export const small = (text: string): Span => ({ text, small: true });
export const code = (text: string): Span => ({ text, code: true });
export const link = (text: string, href: string): Span => ({ text, href });
export const leaksMark: Span = { text: 'leaks', warning: true };

/** Without its marks. */
export function plainText(inline: Inline): string {
  if (typeof inline === 'string') return inline;
  return 'text' in inline ? inline.text : inline.map(plainText).join('');
}
