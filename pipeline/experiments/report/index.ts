export { type Cell, isDone, readCells } from './cells.js';
export type { ExplorationParts, ReportContext } from './context.js';
export type { Page, Picture } from './document/blocks.js';
export { renderHtml } from './document/html.js';
export { type InlinePicture, inlineSvg } from './document/inline-svg.js';
export { renderMarkdown } from './document/markdown.js';
export { readLayers } from './layer-table.js';
export { reportPage } from './page.js';
export { placeless } from './places.js';
