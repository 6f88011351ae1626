import { createHash, timingSafeEqual } from 'node:crypto';
import type { FastifyRequest } from 'fastify';
import { Problem } from './problem.js';

const digest = (key: string): Buffer => createHash('sha256').update(key).digest();

/**
 * Lets requests in that bring one of the keys, as `Authorization: Bearer KEY` or `X-API-Key: KEY`. Digests of one length
 * are compared, each with every key, so that the time taken tells nothing of what fits.
 *
 * @param keys none: everybody is let in
 */
export function keyCheck(keys: readonly string[]): (request: FastifyRequest) => void {
  const digests = keys.map(digest);
  return (request) => {
    if (digests.length === 0) return;
    const given = keyOf(request);
    if (given === undefined)
      throw new Problem('unauthorized', 'this server wants an API key (Authorization: Bearer KEY, or X-API-Key: KEY)');
    const givenDigest = digest(given);
    const fits = digests.map((known) => timingSafeEqual(known, givenDigest));
    if (!fits.includes(true)) throw new Problem('unauthorized', 'this API key is not known here');
  };
}

function keyOf({ headers }: FastifyRequest): string | undefined {
  const own = headers['x-api-key'];
  if (typeof own === 'string') return own;
  return /^Bearer +(\S+)$/i.exec(headers.authorization ?? '')?.[1];
}
