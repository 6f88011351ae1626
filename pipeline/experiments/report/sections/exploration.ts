import type { ExplorationParts, ReportContext } from '../context.js';
import { type Block, heading, note } from '../document/blocks.js';

/** The tables and figures of the exploration with these ids, in this order; what there is not is said. */
export function explored({ exploration }: ReportContext, ids: readonly string[]): Block[] {
  if (typeof exploration === 'string') return [note(`Not drawn: ${exploration}.`)];
  return ids.flatMap((id): Block[] => {
    const figure = exploration.figures.find((figure) => figure.id === id);
    if (figure) {
      const { title, caption, spec } = figure;
      return [
        {
          kind: 'figure',
          id,
          caption: `${numbered(id)}${title}. ${caption}`,
          pictures: [{ name: id, description: caption, spec }],
        },
      ];
    }
    const table = exploration.tables.find((table) => table.id === id);
    if (!table) return [];
    const { title, columns, rows } = table;
    const numeric = (column: number) => rows.every((row) => column > 0 && /^[\d.,–-]*$/.test(String(row[column])));
    return [
      {
        kind: 'table',
        id,
        caption: `${numbered(id)}${title}`,
        columns: columns.map((title, i) => ({ title, numeric: numeric(i) })),
        rows: rows.map((row) => row.map(String)),
      },
      ...(table.note ? [note(table.note)] : []),
    ];
  });
}

/** `Figure 8. ` of `figure-08`; nothing of what the report does not have. */
function numbered(id: string): string {
  const [, kind, number] = /^(figure|table)-0*(\d+)$/.exec(id) ?? [];
  return kind ? `${kind === 'figure' ? 'Figure' : 'Table'} ${number}. ` : '';
}

/** Section 4.1, and what the exploration has beyond the report's figures. */
export function dataExploration(context: ReportContext): Block[] {
  const { exploration } = context;
  const ofReport = new Set([...inPreprocessing, ...inRavdess, ...inCremaD]);
  const further =
    typeof exploration === 'string'
      ? []
      : [...exploration.tables, ...exploration.figures].map(({ id }) => id).filter((id) => !ofReport.has(id));
  return [
    heading(3, 'data-exploration', '4.1 Data Exploration'),
    heading(4, 'ravdess', '4.1.1 RAVDESS'),
    ...(typeof exploration === 'string' ? [] : attribution(exploration.corpus)),
    ...explored(context, inRavdess),
    heading(4, 'crema-d', '4.1.2 CREMA-D'),
    ...(typeof exploration === 'string' || !exploration.cremaD ? [] : attribution(exploration.cremaD)),
    ...(typeof exploration === 'string' || exploration.figures.some(({ id }) => id === 'figure-13')
      ? []
      : [note('Figure 13. Female, intense angry: not run: no CREMA-D here.')]),
    ...explored(context, inCremaD),
    ...(further.length > 0
      ? [heading(4, 'further-exploration', 'Pitch and energy (beyond the report)'), ...explored(context, further)]
      : []),
  ];
}

/** Beside the pictures of a corpus stands whose it is. */
function attribution({ name, licence, attribution }: ExplorationParts['corpus']): Block[] {
  const whose = [attribution, licence && `licence ${licence}`].filter(Boolean).join('; ');
  return whose ? [note(`Pictures and figures of ${name}: ${whose}.`)] : [];
}

export const inPreprocessing = ['figure-01', 'figure-02', 'figure-03'];
const inRavdess = ['table-2', 'figure-08', 'figure-09', 'figure-10', 'figure-11', 'figure-12'];
const inCremaD = ['figure-13', 'table-3'];
