import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { fromRoot } from '../support/paths.js';
import type { ApiItem } from './extract.js';
import { sectionsOf, toMarkdown } from './render.js';

const scratch = mkdtempSync(join(tmpdir(), 'serkit-reference-'));
afterAll(() => rmSync(scratch, { recursive: true }));

/** Line endings apart, which a checkout may change. */
const pagesOf = (folder: string) =>
  readdirSync(folder)
    .sort()
    .map((name) => [name, readFileSync(join(folder, name), 'utf8').replaceAll('\r\n', '\n')]);

test('docs/api is what the docstrings say (npm run api writes it)', () => {
  execFileSync(process.execPath, [fromRoot('dist', 'test', 'api', 'write-reference.js'), scratch]);
  expect(pagesOf(fromRoot('docs', 'api'))).toEqual(pagesOf(scratch));
}, 300_000);

describe('a page', () => {
  const clip: ApiItem = {
    kind: 'Interface',
    name: 'Clip',
    docComment: '/**\n * A recording.\n */\n',
    excerptTokens: [{ text: 'export interface ' }, { text: 'Clip ' }],
    members: [
      {
        kind: 'PropertySignature',
        name: 'rate',
        isOptional: true,
        docComment: '/**\n * Of its samples,\n * in Hz.\n */\n',
        excerptTokens: [{ text: 'rate?: ' }, { text: 'number' }, { text: ';' }],
      },
    ],
  };
  const play: ApiItem = {
    kind: 'Function',
    name: 'play',
    docComment:
      '/**\n * Plays a clip.\n *\n * @param clip - any,\n *  but short\n *\n * @returns when it ends\n *\n * @throws\n *\n * RangeError for a long one\n *\n * @example\n * ```ts\n * play(clip);\n * ```\n */\n',
    excerptTokens: [{ text: 'export declare function play(clip: ' }, { text: 'Clip' }, { text: '): void;' }],
  };

  test('has functions before types, each with its declaration and all that its docstring says', () => {
    const page = toMarkdown({ title: 'sound', introduction: 'To hear.', sections: sectionsOf([clip, play]) });
    expect(page).toBe(`<!-- Written by \`npm run api\` from the docstrings: change those. -->
# sound

To hear.

[play](#play) · [Clip](#clip)

## play

\`\`\`ts
function play(clip: Clip): void;
\`\`\`

Plays a clip.

- \`clip\`: any, but short

Returns: when it ends

Throws: RangeError for a long one

\`\`\`ts
play(clip);
\`\`\`

## Clip

\`\`\`ts
interface Clip
\`\`\`

A recording.

- \`rate\`, optional: \`number\`. Of its samples, in Hz.
`);
  });

  test('links to what another page has in the same words', () => {
    const sections = sectionsOf([clip]);
    const page = toMarkdown({ title: 'more', introduction: '', sections }, { page: 'sound.md', sections });
    expect(page).toContain('## Clip\n\nThe same as in [serkit](sound.md#clip).\n');
  });

  test('is not written while a symbol, or a field of one, has no docstring', () => {
    const bare = { ...clip, members: [{ ...clip.members![0], docComment: '' }] };
    expect(() => sectionsOf([bare])).toThrow('without a docstring: Clip.rate');
  });
});
