/** How a bench was called, for its report; of paths from the root the last two names are told, since the rest is a machine's own. */
export function commandOf(script: string): string {
  const given = process.argv.slice(2).map((word) => word.replace(/^(\w[\w-]*:)?\/.*\/(?=[^/]+\/[^/]+$)/, '$1…/'));
  return [`npm run ${script}`, ...(given.length > 0 ? ['--', ...given] : [])].join(' ');
}
