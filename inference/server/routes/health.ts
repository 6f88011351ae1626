import type { FastifyInstance } from 'fastify';
import type { ServerContext } from '../context.js';
import { Problem } from '../problem.js';

/** `/healthz`: the process answers. `/readyz`: it can be sent requests. `/metrics`: for Prometheus. */
export function healthRoutes(app: FastifyInstance, context: ServerContext): void {
  const open = { config: { withoutKey: true } };
  app.get('/healthz', { ...open, schema: { summary: 'Is the process alive?' } }, async () => ({ status: 'ok' }));
  app.get('/readyz', { ...open, schema: { summary: 'May requests be sent?' } }, async () => {
    assertReady(context);
    return { status: 'ready' };
  });
  app.get('/metrics', { schema: { summary: 'Figures for Prometheus' } }, async (_, reply) => {
    reply.type(context.metrics.registry.contentType);
    return context.metrics.registry.metrics();
  });
}

/** @throws Problem where new requests had better go elsewhere */
export function assertReady({ phase, pool }: ServerContext): void {
  if (phase !== 'serving') throw new Problem('shutting-down', 'the server is ending', 1);
  if (pool.threads.size === 0) throw new Problem('overloaded', 'no worker is ready', 1);
}
