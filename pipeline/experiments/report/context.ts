import type { TopLevelSpec } from 'vega-lite';
import type { Plan } from '../grid/plan.js';
import type { Cell } from './cells.js';
import type { LayerRow } from './layer-table.js';

/** Section 4.1's and 3.1's parts, each by its id: `figure-08`, `table-2`. */
export interface ExplorationParts {
  figures: readonly { id: string; title: string; caption: string; spec: TopLevelSpec }[];
  tables: readonly {
    id: string;
    title: string;
    columns: readonly string[];
    rows: readonly (readonly (string | number)[])[];
    note?: string;
  }[];
  /** Of the corpus that is shown. */
  corpus: { name: string; licence?: string; attribution?: string };
  /** Of CREMA-D where it was explored besides. */
  cremaD?: ExplorationParts['corpus'];
}

/** All that the sections are written from. */
export interface ReportContext {
  plan: Plan;
  cells: readonly Cell[];
  /** By variant: the layers of one of its runs, or why they are not known. */
  layers: ReadonlyMap<string, { cell: Cell; rows: readonly LayerRow[] } | string>;
  /** Or why there is none. */
  exploration: ExplorationParts | string;
  /** Of the serkit that writes the page. */
  version: string;
  written: Date;
}
