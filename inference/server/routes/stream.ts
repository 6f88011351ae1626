import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import type { ServerContext } from '../context.js';
import { Problem } from '../problem.js';
import { modelQuerySchema } from '../schemas.js';
import { StreamSocket } from '../stream-socket.js';

/**
 * `WS /v1/stream`: first what is coming, as JSON (`streamRequestSchema`), then blocks of samples as bytes, and `{"end":true}`
 * where the last results are wanted. Each result is a message of JSON.
 */
export function streamRoute(app: FastifyInstance, context: ServerContext): void {
  app.withTypeProvider<ZodTypeProvider>().get(
    '/v1/stream',
    {
      websocket: true,
      schema: { hide: true, querystring: modelQuerySchema },
      preValidation: async (request) => {
        if (!request.ws) throw new Problem('bad-request', 'this is a WebSocket: ask for an upgrade');
        assertOrigin(request, context.settings.corsOrigins);
        context.models.get((request.query as { model?: string }).model);
        if (context.streams.size >= context.settings.maxStreams) throw new Problem('overloaded', 'too many streams', 5);
      },
    },
    (socket, request) => {
      const model = context.models.get((request.query as { model?: string }).model);
      const stream = new StreamSocket(socket, context, model, request.log);
      context.streams.add(stream);
      socket.once('close', () => context.streams.delete(stream));
    },
  );
}

/** Browsers open a WebSocket to anywhere, and only say from which page: one that may not ask by HTTP may not so either. */
function assertOrigin({ headers }: FastifyRequest, allowed: readonly string[]): void {
  const { origin, host } = headers;
  if (origin === undefined || allowed.includes(origin)) return;
  const isOwn = URL.canParse(origin) && new URL(origin).host === host;
  if (!isOwn) throw new Problem('origin-refused', `pages of ${origin} may not ask`);
}
