import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type { TopLevelSpec } from 'vega-lite';

/** Pixels of a PNG for each of the SVG's: sharp in print at 15 cm. */
export const PNG_ZOOM = 2;

/** What only drawing needs, with the versions that run on Node 20. */
const install = 'npm install --ignore-scripts vega@6 vega-lite@~6.4.1 @resvg/resvg-wasm@2 dejavu-fonts-ttf@2';

/**
 * Draws a Vega-Lite chart without a browser.
 *
 * @returns the text of an SVG file
 * @throws Error that names the command which installs them where the optional chart packages are missing
 */
export async function renderSvg(spec: TopLevelSpec): Promise<string> {
  const vega = await optional(() => import('vega'));
  const { compile } = await optional(() => import('vega-lite'));
  const view = new vega.View(vega.parse(compile(spec).spec), { renderer: 'none' });
  try {
    return await view.toSVG();
  } finally {
    view.finalize();
  }
}

/**
 * Draws an SVG as PNG, `PNG_ZOOM` times its size, with a font that comes from a package: servers have none.
 *
 * @throws Error as `renderSvg`
 */
export async function renderPng(svg: string): Promise<Uint8Array> {
  const { Resvg } = await openResvg();
  const require = createRequire(import.meta.url);
  const fonts = ['DejaVuSans.ttf', 'DejaVuSans-Bold.ttf'].map(async (file) =>
    readFile(await optional(async () => require.resolve(`dejavu-fonts-ttf/ttf/${file}`))),
  );
  const resvg = new Resvg(svg, {
    fitTo: { mode: 'zoom', value: PNG_ZOOM },
    font: { fontBuffers: await Promise.all(fonts), defaultFontFamily: 'DejaVu Sans', sansSerifFamily: 'DejaVu Sans' },
  });
  const image = resvg.render();
  try {
    return image.asPng();
  } finally {
    image.free();
    resvg.free();
  }
}

/** Characters of a text that the PNG's font has no glyph for, as far as their scripts tell. */
export const notInFont = (text: string): string[] => [
  ...new Set(
    text.match(/[^\p{Script=Latin}\p{Script=Greek}\p{Script=Cyrillic}\p{Script=Common}\p{Script=Inherited}]/gu),
  ),
];

let resvgOpened: Promise<typeof import('@resvg/resvg-wasm')> | undefined;

/** Its WebAssembly is started once a process; it refuses a second time. */
function openResvg(): Promise<typeof import('@resvg/resvg-wasm')> {
  resvgOpened ??= (async () => {
    const resvg = await optional(() => import('@resvg/resvg-wasm'));
    const wasm = createRequire(import.meta.url).resolve('@resvg/resvg-wasm/index_bg.wasm');
    await resvg.initWasm(await readFile(wasm));
    return resvg;
  })();
  return resvgOpened;
}

async function optional<T>(open: () => Promise<T>): Promise<T> {
  try {
    return await open();
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code !== 'ERR_MODULE_NOT_FOUND' && code !== 'MODULE_NOT_FOUND') throw error;
    const missing = /(?:package|module) '([^']+)'/.exec(message)?.[1] ?? 'a package';
    throw new Error(`drawing needs ${missing}, which is not installed: ${install}`);
  }
}
