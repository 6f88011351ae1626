/** An element of a page: what is needed to hold it against what was expected. */
export interface Element {
  tag: string;
  attributes: Record<string, string>;
  children: (Element | string)[];
}

const voidTags = ['meta', 'br', 'link', 'img'];

/**
 * Parses HTML as our pages write it: every element is closed, every attribute quoted. A stray `<` or `&`, an element that is
 * closed by another's tag, or an attribute without quotes is an error that shows the place.
 */
export function parsePage(html: string): Element {
  const root: Element = { tag: '#root', attributes: {}, children: [] };
  const open = [root];
  const token =
    /<!DOCTYPE html>|<style>([^<]*)<\/style>|<(\/?)([a-zA-Z][\w:-]*)((?:\s+[\w:-]+="[^"<]*")*)\s*(\/?)>|([^<]+)/gy;
  let at = 0;
  while (at < html.length) {
    token.lastIndex = at;
    const found = token.exec(html);
    if (!found) throw new Error(`not well-formed at: ${html.slice(at, at + 120)}`);
    at = token.lastIndex;
    const [, style, slash, tag, attributeText, selfClosed, text] = found;
    if (style !== undefined) continue;
    if (text !== undefined) {
      if (/&(?!(?:amp|lt|gt|quot|#\d+);)/.test(text)) throw new Error(`a stray & in: ${text.slice(0, 120)}`);
      open.at(-1)!.children.push(text);
    } else if (tag !== undefined && slash) {
      const last = open.pop()!;
      if (last.tag !== tag) throw new Error(`<${last.tag}> is closed by </${tag}> before: ${html.slice(at, at + 120)}`);
    } else if (tag !== undefined) {
      const attributes = Object.fromEntries(
        Array.from(attributeText.matchAll(/([\w:-]+)="([^"]*)"/g), ([, name, value]) => [name, value]),
      );
      const element = { tag, attributes, children: [] };
      open.at(-1)!.children.push(element);
      if (!selfClosed && !voidTags.includes(tag)) open.push(element);
    }
  }
  if (open.length > 1) throw new Error(`<${open.at(-1)!.tag}> is not closed`);
  return root;
}

/** All elements below, in order. */
export const elementsOf = (element: Element): Element[] =>
  element.children.flatMap((child) => (typeof child === 'string' ? [] : [child, ...elementsOf(child)]));

const entities: Record<string, string> = { '&amp;': '&', '&lt;': '<', '&gt;': '>', '&quot;': '"', '&#39;': "'" };

/** What is read, line breaks as spaces. */
export const textOf = (element: Element): string =>
  element.children
    .map((child) => (typeof child === 'string' ? child : child.tag === 'br' ? ' ' : textOf(child)))
    .join('')
    .replace(/&\w+;|&#39;/g, (entity) => entities[entity] ?? entity)
    .replaceAll('\u00a0', ' ');

/** The rows of the table with this id: their cells. */
export function rowsOf(page: Element, id: string): Element[][] {
  const table = elementsOf(page).find(({ tag, attributes }) => tag === 'table' && attributes.id === id);
  if (!table) throw new Error(`the page has no table ${id}`);
  const rows = elementsOf(table).filter(({ tag }) => tag === 'tr');
  return rows.map((row) => row.children.filter((cell): cell is Element => typeof cell !== 'string'));
}
