import { expect } from '@jest/globals';

/** The message of what must fail: one line. */
export async function messageOf(work: Promise<unknown>): Promise<string> {
  const { message } = await work.then(
    () => new Error('nothing was thrown'),
    (error: Error) => error,
  );
  expect(message).not.toContain('\n');
  return message;
}
