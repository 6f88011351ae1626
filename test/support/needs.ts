import { describe, test } from '@jest/globals';
import { type Need, whyAbsent } from './what-is-here.js';

export type { Need } from './what-is-here.js';

const demanded = (process.env.SERKIT_DEMAND ?? '').split(',');

/**
 * `describe` for tests that need something beyond Node. Absent, they are skipped by name with the reason; where
 * SERKIT_DEMAND names the need (CI does), absence is a failure.
 */
export function describeWith(need: Need, title: string, body: () => void): void {
  const absent = whyAbsent(need);
  if (absent === undefined) describe(title, body);
  else if (demanded.includes(need))
    test(title, () => {
      throw new Error(`demanded but missing: ${absent}`);
    });
  else describe.skip(`${title}: skipped, ${absent}`, body);
}
