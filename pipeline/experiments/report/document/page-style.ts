/** The page's style: one column of text, pictures on white in light and dark, tables that scroll where the screen is narrow. */
export const pageStyle = `
:root {
  color-scheme: light dark;
  --ink: #1b1b1b; --soft: #5a5a5a; --paper: #fff; --line: #d9d9d9; --shade: #f5f6f8; --link: #0058a3; --warning: #a33b00;
}
@media (prefers-color-scheme: dark) {
  :root { --ink: #e6e6e6; --soft: #a9a9a9; --paper: #17181a; --line: #3a3c40; --shade: #222428; --link: #7fbcf5; --warning: #ff9d66; }
}
* { box-sizing: border-box; }
html { scroll-behavior: smooth; -webkit-text-size-adjust: 100%; }
@media (prefers-reduced-motion: reduce) { html { scroll-behavior: auto; } }
body {
  margin: 0 auto; padding: 1.5rem clamp(1rem, 4vw, 3rem) 4rem; max-width: 72rem;
  background: var(--paper); color: var(--ink);
  font: 1rem/1.55 system-ui, "DejaVu Sans", Verdana, Helvetica, Arial, sans-serif;
}
h1, h2, h3, h4 { line-height: 1.25; text-wrap: balance; }
h1 { font-size: clamp(1.5rem, 4vw, 2.1rem); margin: 0.5rem 0; }
h2 { font-size: 1.5rem; margin: 3.5rem 0 1rem; padding-top: 1rem; border-top: 2px solid var(--line); }
h3 { font-size: 1.2rem; margin: 2.5rem 0 0.75rem; }
h4 { font-size: 1.02rem; margin: 2rem 0 0.5rem; }
p, ul { max-width: 46rem; margin: 0.75rem 0; }
ul { padding-left: 1.25rem; }
li { margin: 0.2rem 0; }
a { color: var(--link); text-underline-offset: 0.15em; }
a:focus-visible, .table:focus-visible { outline: 2px solid var(--link); outline-offset: 2px; }
small { font-size: 0.88em; color: var(--soft); }
code { font: 0.88em "DejaVu Sans Mono", Consolas, monospace; background: var(--shade); padding: 0.1em 0.3em; border-radius: 3px; overflow-wrap: anywhere; }
em.warning { font-style: normal; font-weight: 600; font-size: 0.85em; color: var(--warning); }
.subtitle { color: var(--soft); margin-top: 0; }
.note { font-size: 0.9rem; color: var(--soft); border-left: 3px solid var(--line); padding-left: 0.9rem; }
nav { background: var(--shade); border-radius: 8px; padding: 0.9rem 1.25rem; margin: 1.5rem 0; font-size: 0.92rem; columns: 22rem; column-gap: 2.5rem; }
nav ol { list-style: none; margin: 0; padding: 0; }
nav .level-2 { margin-top: 0.35rem; }
nav .level-3 { padding-left: 1.1rem; }
nav .level-4 { padding-left: 2.2rem; font-size: 0.92em; }
nav li { break-inside: avoid-column; }
nav a { text-decoration: none; }
nav a:hover { text-decoration: underline; }
.table { overflow-x: auto; margin: 1.5rem 0; }
table { border-collapse: collapse; font-size: 0.9rem; font-variant-numeric: tabular-nums; line-height: 1.4; }
caption { text-align: left; font-weight: 600; padding-bottom: 0.5rem; caption-side: top; }
th, td { text-align: left; vertical-align: top; padding: 0.4rem 0.8rem; border-bottom: 1px solid var(--line); }
thead th { border-bottom: 2px solid var(--ink); vertical-align: bottom; }
tbody th { font-weight: 500; min-width: 9rem; }
tbody tr:hover { background: var(--shade); }
td.numeric, th.numeric { text-align: right; }
td { min-width: 7.5rem; }
td a { white-space: nowrap; }
.numeric { min-width: 0; }
figure { margin: 1.75rem 0; }
.pictures { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 28rem), 1fr)); gap: 0.75rem; align-items: start; }
.picture { min-width: 0; background: #fff; border: 1px solid var(--line); border-radius: 6px; overflow: hidden; }
.picture:only-child { grid-column: 1 / -1; justify-self: start; width: min(100%, var(--width) + 2px); }
.picture svg { display: block; width: 100%; height: auto; max-width: var(--width); }
figcaption { font-size: 0.9rem; max-width: 46rem; margin-top: 0.6rem; }
@media (max-width: 40rem) {
  nav { columns: auto; }
  th, td { padding: 0.35rem 0.55rem; }
  tbody th { min-width: 7.5rem; }
  .picture { overflow-x: auto; }
  .picture svg { min-width: min(var(--width), 24rem); }
  .picture:only-child svg { min-width: min(var(--width), 36rem); }
}
@media print {
  :root { --ink: #000; --soft: #333; --paper: #fff; --line: #bbb; --shade: #fff; --link: #000; --warning: #000; }
  @page { size: A4; margin: 16mm 14mm; }
  body { padding: 0; max-width: none; font-size: 9.5pt; }
  nav { padding: 0; columns: 2; }
  h2 { margin-top: 1.5rem; }
  h2, h3, h4 { break-after: avoid; }
  .pictures { grid-template-columns: 1fr 1fr; }
  figcaption { font-size: 8.5pt; }
  figure, tr, .picture { break-inside: avoid; }
  .table { overflow: visible; }
  table { font-size: 7.8pt; width: 100%; }
  th, td { padding: 0.2rem 0.4rem; min-width: 0 !important; overflow-wrap: anywhere; }
  thead { display: table-header-group; }
  a { text-decoration: none; }
}
`;
