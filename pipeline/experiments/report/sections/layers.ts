import { group } from 'd3-array';
import type { ReportContext } from '../context.js';
import { type Block, type Inline, link, note } from '../document/blocks.js';
import { thousands } from '../format.js';
import type { LayerRow } from '../layer-table.js';
import { publishedCnn } from '../published.js';

/** What Figures 4 to 7 draw, as a table of the layers of a trained model. */
export function layersTable({ layers }: ReportContext, variant: string, id: string, caption: string): Block {
  const described = layers.get(variant);
  if (typeof described !== 'object') return note(`${caption}: ${described ?? 'none of its runs has ended'}.`);
  const { rows, cell } = described;
  const total = rows.reduce((sum, { parameters }) => sum + parameters, 0);
  const frozen = rows.reduce((sum, row) => sum + (row.frozen ? row.parameters : 0), 0);
  const totals = `${thousands(total)} parameters${frozen > 0 ? `, ${thousands(frozen)} of them frozen` : ''}`;
  return {
    kind: 'table',
    id,
    caption: [`${caption}: ${totals}, as in `, link(`${cell.id}/model.json`, `${cell.href}model.json`)],
    columns: [{ title: 'Layer' }, { title: 'Kind' }, { title: 'Output' }, { title: 'Parameters', numeric: true }],
    rows: inBlocks(rows).map(({ name, kind, output, parameters, frozen }) => [
      name,
      frozen ? `${kind}, frozen` : kind,
      output,
      parameters === 0 ? '' : thousands(parameters),
    ]),
  };
}

/** The layers of a local feature learning block as one row. */
function inBlocks(layers: readonly LayerRow[]): LayerRow[] {
  const blockOf = ({ name }: LayerRow) => /^(lflb\d+)_/.exec(name)?.[1] ?? name;
  return [...group(layers, blockOf)].map(([name, members]) => ({
    ...members.at(-1)!,
    name,
    kind: members.map(({ kind }, i) => (i > 0 ? kind.replace(/^each chunk: /, '') : kind)).join(', '),
    parameters: members.reduce((sum, { parameters }) => sum + parameters, 0),
  }));
}

/** Table 4: the baseline's blocks, theirs and ours. */
export function cnnDesign({ layers }: ReportContext): Block {
  const described = layers.get('cnn');
  const ours = typeof described === 'object' ? described.rows : [];
  const blocks = ours.length > 0 ? blocksOf(ours) : [];
  const parameters = (rows: readonly LayerRow[]) => rows.reduce((sum, row) => sum + row.parameters, 0);
  const rows = publishedCnn.map(([name, theirs], i): Inline[] => {
    const block = blocks[i] ?? [];
    return [
      name,
      theirs,
      block.map(({ kind }) => kind).join(', '),
      block.at(-1)?.output ?? '',
      block.length > 0 ? thousands(parameters(block)) : '',
    ];
  });
  const total: Inline[] = ['All', '', '', '', ours.length > 0 ? thousands(parameters(ours)) : ''];
  const reason =
    typeof described === 'object'
      ? link('model.json', `${described.cell.href}model.json`)
      : `${described ?? 'none of its runs has ended'}`;
  return {
    kind: 'table',
    id: 'table-4',
    caption: ['Table 4. Baseline 2D CNN design, theirs and ours (', reason, '); LFLB: local feature learning block'],
    columns: [
      { title: 'Block' },
      { title: 'The report' },
      { title: 'Ours' },
      { title: 'Output' },
      { title: 'Parameters', numeric: true },
    ],
    rows: [...rows, total],
  };
}

/** In Table 4's rows: `lflb1_…` to `lflb4_…`, flatten, the dense layer with what follows it, the output. */
function blocksOf(layers: readonly LayerRow[]): LayerRow[][] {
  const starting = (prefix: string) => layers.filter(({ name }) => name.startsWith(prefix));
  const lflbs = [1, 2, 3, 4].map((i) => starting(`lflb${i}_`));
  const dense = layers.filter(({ name }) => name.startsWith('dense') || name.startsWith('head'));
  return [...lflbs, starting('flatten'), dense, starting('probabilities')];
}
