import type { ApiItem } from './extract.js';

/** A docstring in its parts, each Markdown. */
interface Docstring {
  summary: string;
  params: { name: string; text: string }[];
  returns?: string;
  throws?: string;
  examples: string[];
}

/** A page of the reference: every symbol of an entry, functions and classes first. */
export interface Page {
  title: string;
  introduction: string;
  sections: Section[];
}

export interface Section {
  name: string;
  text: string;
}

const order = ['Function', 'Class', 'Variable', 'Interface', 'TypeAlias'];

/** @throws Error that lists the symbols without a docstring */
export function sectionsOf(items: readonly ApiItem[]): Section[] {
  const bare = items.flatMap((item) =>
    [item, ...publicMembers(item)].filter(({ docComment }) => !docComment).map(({ name }) => `${item.name}.${name}`),
  );
  if (bare.length > 0) throw new Error(`without a docstring: ${bare.join(', ')}`);
  return [...items]
    .sort((one, other) => order.indexOf(one.kind) - order.indexOf(other.kind))
    .map((item) => ({ name: item.name, text: render(item) }));
}

/** @param known sections that another page has already: what is the same is a link to it */
export function toMarkdown(
  { title, introduction, sections }: Page,
  known?: { page: string; sections: Section[] },
): string {
  const contents = sections.map(({ name }) => `[${name}](#${name.toLowerCase()})`).join(' · ');
  const texts = sections.map(({ name, text }) => {
    const same = known?.sections.some((other) => other.name === name && other.text === text);
    const body = same ? `The same as in [serkit](${known?.page}#${name.toLowerCase()}).\n` : text;
    return `## ${name}\n\n${body}`;
  });
  const generated = '<!-- Written by `npm run api` from the docstrings: change those. -->';
  return `${generated}\n# ${title}\n\n${introduction}\n\n${contents}\n\n${texts.join('\n')}`;
}

function render(item: ApiItem): string {
  const parts = [described(item)];
  const members = publicMembers(item);
  if (item.kind === 'Class')
    parts.push(...members.map((member) => `### ${item.name}.${member.name}\n\n${described(member)}`));
  else if (members.length > 0) parts.push(members.map(field).join('\n'));
  return `${parts.join('\n\n').trimEnd()}\n`;
}

const publicMembers = ({ members = [] }: ApiItem): ApiItem[] =>
  members.filter(({ releaseTag, kind }) => releaseTag !== 'Internal' && kind !== 'Constructor');

/** Its declaration, and all that its docstring says. */
function described(item: ApiItem): string {
  const { summary, params, returns, throws, examples } = parse(item.docComment ?? '');
  const parts = [`\`\`\`ts\n${declaration(item)}\n\`\`\``, summary];
  if (params.length > 0) parts.push(params.map(({ name, text }) => `- \`${name}\`: ${text}`).join('\n'));
  if (returns) parts.push(`Returns: ${returns}`);
  if (throws) parts.push(`Throws: ${throws}`);
  return [...parts, ...examples].join('\n\n');
}

/** `- name (optional): type. What it is.` */
function field(item: ApiItem): string {
  const [, type] = /^[^:]*?\??:\s*([\s\S]*?);?$/.exec(declaration(item)) ?? [];
  const summary = parse(item.docComment ?? '').summary.replaceAll('\n', ' ');
  return `- \`${item.name}\`${item.isOptional ? ', optional' : ''}: \`${(type ?? '').replaceAll(/\s+/g, ' ')}\`. ${summary}`;
}

const declaration = ({ kind, excerptTokens = [] }: ApiItem): string => {
  const text = excerptTokens.map((token) => token.text).join('');
  const unindented = text.replace(/^export (declare )?/, '').replaceAll(/\n {4}/g, '\n');
  return `${kind === 'Variable' ? 'const ' : ''}${unindented}`.trim();
};

/** A docstring as api-extractor writes it: the summary, then blocks that begin with a tag. */
function parse(comment: string): Docstring {
  const lines = comment
    .replace(/^\/\*\*\n/, '')
    .replace(/\n \*\/\s*$/, '')
    .split('\n')
    .map((line) => line.replace(/^ \* ?/, ''));
  const blocks: { tag: string; text: string }[] = [{ tag: '', text: '' }];
  for (const line of lines) {
    const [, tag, rest] = /^@(param|returns|throws|example|remarks)\b ?(.*)$/.exec(line) ?? [];
    if (tag) blocks.push({ tag, text: rest });
    else blocks[blocks.length - 1].text += `\n${tag === undefined ? line : rest}`;
  }
  const texts = (wanted: string) => blocks.filter(({ tag }) => tag === wanted).map(({ text }) => text.trim());
  const flowing = (text: string | undefined) => text?.replaceAll(/\s*\n\s*/g, ' ');
  return {
    summary: texts('')[0],
    params: texts('param').map((text) => {
      const [, name, rest] = /^(\S+) - ([\s\S]*)$/.exec(text) ?? [];
      return { name, text: flowing(rest)! };
    }),
    returns: flowing(texts('returns')[0]),
    throws: flowing(texts('throws')[0]),
    examples: texts('example'),
  };
}
