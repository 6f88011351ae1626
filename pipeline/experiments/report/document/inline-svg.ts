import { escaped } from './html.js';

/** A picture in a page, and how wide it is by itself. */
export interface InlinePicture {
  svg: string;
  widthPx: number;
}

/**
 * An SVG as part of a page of many: its ids (clip paths, gradients) begin with `id`, it has a name and a description for
 * screen readers, takes the width that there is.
 */
export function inlineSvg(
  svg: string,
  id: string,
  { title, description }: { title: string; description: string },
): InlinePicture {
  const widthPx = Math.ceil(Number(/<svg[^>]*?\bwidth="([\d.]+)"/.exec(svg)?.[1] ?? 640));
  const inline = svg
    .replaceAll(/\bid="([^"]+)"/g, `id="${id}-$1"`)
    .replaceAll(/url\(#([^)]+)\)/g, `url(#${id}-$1)`)
    .replaceAll(/(?:xlink:)?href="#([^"]+)"/g, `href="#${id}-$1"`)
    // The picture is read as a whole, by its description; a thousand marks one by one are noise.
    .replaceAll(/ (?:aria-[a-z]+|role)="[^"]*"/g, '')
    .replace(/<svg\b([^>]*)>/, (_, attributes: string) => {
      const kept = attributes.replaceAll(/ (?:width|height|class|xmlns:xlink|version)="[^"]*"/g, '');
      const labels = `role="img" aria-labelledby="${id}-title ${id}-description"`;
      return `<svg${kept} ${labels}><title id="${id}-title">${escaped(title)}</title><desc id="${id}-description">${escaped(description)}</desc>`;
    });
  return { svg: inline, widthPx };
}
