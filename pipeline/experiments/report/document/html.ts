import type { Block, Inline, Page } from './blocks.js';
import type { InlinePicture } from './inline-svg.js';
import { pageStyle } from './page-style.js';

/**
 * The page as one file that needs no other: style and pictures are in it, there is no script, nothing is fetched. Links lead
 * to the run folders beside it.
 *
 * @param pictures the inline SVG of each picture, by its name
 */
export function renderHtml({ title, subtitle, blocks }: Page, pictures: ReadonlyMap<string, InlinePicture>): string {
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escaped(title)}</title>
<style>${pageStyle}</style>
</head>
<body>
<header>
<h1>${escaped(title)}</h1>
<p class="subtitle">${escaped(subtitle)}</p>
</header>
<nav aria-label="Contents">
${contents(blocks)}
</nav>
<main>
${blocks.map((block) => renderBlock(block, pictures)).join('\n')}
</main>
</body>
</html>
`;
}

function contents(blocks: readonly Block[]): string {
  const items = blocks.flatMap((block) =>
    block.kind === 'heading'
      ? [`<li class="level-${block.level}"><a href="#${block.id}">${escaped(block.text)}</a></li>`]
      : [],
  );
  return `<ol>\n${items.join('\n')}\n</ol>`;
}

function renderBlock(block: Block, pictures: ReadonlyMap<string, InlinePicture>): string {
  switch (block.kind) {
    case 'heading':
      return `<h${block.level} id="${block.id}">${escaped(block.text)}</h${block.level}>`;
    case 'paragraph':
      return `<p${block.note ? ' class="note"' : ''}>${renderInline(block.text)}</p>`;
    case 'list':
      return `<ul>${block.items.map((item) => `<li>${renderInline(item)}</li>`).join('\n')}</ul>`;
    case 'table':
      return renderTable(block);
    case 'figure': {
      const drawn = block.pictures.map(({ name }) => {
        const { svg, widthPx } = pictures.get(name)!;
        return `<div class="picture" style="--width:${widthPx}px">${svg}</div>`;
      });
      return `<figure id="${block.id}">
<div class="pictures">${drawn.join('\n')}</div>
<figcaption>${renderInline(block.caption)}</figcaption>
</figure>`;
    }
  }
}

function renderTable({ id, caption, columns, rows }: Extract<Block, { kind: 'table' }>): string {
  const numeric = (i: number) => (columns[i].numeric ? ' class="numeric"' : '');
  const titles = columns.map(({ title }, i) => `<th scope="col"${numeric(i)}>${renderInline(title)}</th>`);
  const cell = (content: Inline, i: number) =>
    i === 0 ? `<th scope="row">${renderInline(content)}</th>` : `<td${numeric(i)}>${renderInline(content)}</td>`;
  const body = rows.map((row) => `<tr>${row.map(cell).join('')}</tr>`);
  // A region that scrolls has to be reachable by keyboard, and named.
  return `<div class="table" role="region" aria-labelledby="${id}-caption" tabindex="0">
<table id="${id}">
<caption id="${id}-caption">${renderInline(caption)}</caption>
<thead><tr>${titles.join('')}</tr></thead>
<tbody>
${body.join('\n')}
</tbody>
</table>
</div>`;
}

function renderInline(inline: Inline): string {
  if (typeof inline === 'string') return escaped(inline).replaceAll('\n', '<br>');
  if (!('text' in inline)) return inline.map(renderInline).join('');
  const { text, href, strong, small, warning, code, id } = inline;
  let rendered = escaped(text).replaceAll('\n', '<br>');
  if (code) rendered = `<code>${rendered}</code>`;
  if (strong) rendered = `<strong>${rendered}</strong>`;
  if (warning) rendered = `<em class="warning">${rendered}</em>`;
  if (href) rendered = `<a href="${escaped(href)}">${rendered}</a>`;
  if (id) rendered = `<span id="${id}">${rendered}</span>`;
  return small ? `<small>${rendered}</small>` : rendered;
}

const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

/** Safe as text and as an attribute's value. */
export const escaped = (text: string): string => text.replace(/[&<>"']/g, (character) => entities[character]);
