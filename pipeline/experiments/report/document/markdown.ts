import type { Block, Inline, Page } from './blocks.js';

/** The page as GitHub's Markdown; pictures are the SVG files beside it. */
export function renderMarkdown({ title, subtitle, blocks }: Page): string {
  return `${[`# ${escaped(title)}`, escaped(subtitle), contents(blocks), ...blocks.map(renderBlock)].join('\n\n')}\n`;
}

const contents = (blocks: readonly Block[]): string =>
  blocks
    .flatMap((block) => (block.kind === 'heading' ? [block] : []))
    .map(({ level, id, text }) => `${'  '.repeat(level - 2)}- [${escaped(text)}](#${id})`)
    .join('\n');

function renderBlock(block: Block): string {
  switch (block.kind) {
    case 'heading':
      return `${anchor(block.id)}\n\n${'#'.repeat(block.level)} ${escaped(block.text)}`;
    case 'paragraph':
      return `${block.note ? '> ' : ''}${renderInline(block.text)}`;
    case 'list':
      return block.items.map((item) => `- ${renderInline(item)}`).join('\n');
    case 'table': {
      const row = (cells: readonly Inline[]) => `| ${cells.map((cell) => cellText(cell)).join(' | ')} |`;
      const rule = block.columns.map(({ numeric }) => (numeric ? '---:' : '---')).join(' | ');
      const titles = row(block.columns.map(({ title }) => title));
      return [
        `${anchor(block.id)}**${renderInline(block.caption)}**`,
        '',
        titles,
        `| ${rule} |`,
        ...block.rows.map(row),
      ].join('\n');
    }
    case 'figure': {
      const pictures = block.pictures.map(
        ({ name, description }) => `![${escaped(description)}](figures/${encodeURIComponent(name)}.svg)`,
      );
      return `${anchor(block.id)}${pictures.join('\n')}\n\n${renderInline(block.caption)}`;
    }
  }
}

const anchor = (id: string): string => `<a id="${id}"></a>`;

const cellText = (cell: Inline): string => renderInline(cell).replaceAll('|', '\\|') || ' ';

function renderInline(inline: Inline): string {
  if (typeof inline === 'string') return escaped(inline).replaceAll('\n', '<br>');
  if (!('text' in inline)) return inline.map(renderInline).join('');
  const { text, href, strong, small, warning, code, id } = inline;
  let rendered = code ? `\`${text}\`` : escaped(text).replaceAll('\n', '<br>');
  if (strong) rendered = `**${rendered}**`;
  if (warning) rendered = `*${rendered}*`;
  if (href) rendered = `[${rendered}](${href})`;
  if (id) rendered = anchor(id) + rendered;
  return small ? `<sub>${rendered}</sub>` : rendered;
}

const escaped = (text: string): string => text.replace(/[\\`*_[\]<>]/g, (character) => `\\${character}`);
