import { randomUUID } from 'node:crypto';
import type { Socket } from 'node:net';
import cors from '@fastify/cors';
import multipart from '@fastify/multipart';
import websocket from '@fastify/websocket';
import fastify, { type FastifyInstance } from 'fastify';
import { serializerCompiler, validatorCompiler } from 'fastify-type-provider-zod';
import type { ServerContext } from './context.js';
import { sendProblem } from './errors.js';
import { keyCheck } from './keys.js';
import { Problem, rawProblem } from './problem.js';
import { classifyRoute } from './routes/classify.js';
import { docsRoutes } from './routes/docs.js';
import { healthRoutes } from './routes/health.js';
import { protocolRoutes } from './routes/protocol.js';
import { streamRoute } from './routes/stream.js';
import { timelineRoute } from './routes/timeline.js';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Answered without an API key. */
    withoutKey?: boolean;
  }
}

const SECURITY_HEADERS = {
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'x-frame-options': 'DENY',
  'cache-control': 'no-store',
};

/** Of one message of a stream: several seconds of sound. */
const MAX_MESSAGE_BYTES = 2 ** 20;

/** Until a client that neither sends nor asks again loses its connection. */
const KEEP_ALIVE_MS = 30_000;

/** The HTTP side: plugins, hooks and routes over what the context holds. */
export async function buildApp(context: ServerContext): Promise<FastifyInstance> {
  const { settings, metrics } = context;
  const app = fastify({
    logger: { level: settings.logLevel, stream: process.stderr, serializers },
    genReqId: () => randomUUID(),
    requestIdHeader: false,
    bodyLimit: settings.maxBodyBytes,
    requestTimeout: settings.bodyTimeoutSeconds * 1000,
    keepAliveTimeout: KEEP_ALIVE_MS,
    forceCloseConnections: 'idle',
    return503OnClosing: false,
    http: { headersTimeout: settings.headersTimeoutSeconds * 1000, connectionsCheckingInterval: 1000 },
    clientErrorHandler,
  });
  app.server.maxConnections = settings.maxConnections;
  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(serializerCompiler);
  app.setErrorHandler(sendProblem);
  app.setNotFoundHandler((request, reply) =>
    sendProblem(new Problem('not-found', `there is no ${request.method} ${pathOf(request.url)}`), request, reply),
  );

  const checkKey = keyCheck(settings.apiKeys);
  app.addHook('onRequest', async (request, reply) => {
    reply.headers({ ...SECURITY_HEADERS, 'x-request-id': request.id });
    if (context.phase === 'closing') reply.header('connection', 'close');
    const isDocs = request.routeOptions.url?.startsWith('/docs');
    if (!isDocs) reply.header('content-security-policy', "default-src 'none'; frame-ancestors 'none'");
    if (request.routeOptions.config?.withoutKey || isDocs) return;
    if (context.phase === 'closing') throw new Problem('shutting-down', 'the server is ending', 1);
    if (request.method !== 'OPTIONS') checkKey(request); // a browser asks beforehand without one
  });
  app.addHook('onResponse', async (request, reply) => {
    const route = request.routeOptions.url ?? 'none';
    metrics.requests.inc({ method: request.method, route, code: reply.statusCode });
    metrics.duration.observe({ route }, reply.elapsedTime / 1000);
  });

  if (settings.corsOrigins.length > 0) await app.register(cors, { origin: settings.corsOrigins });
  await docsRoutes(app, context);
  await app.register(websocket, { options: { maxPayload: MAX_MESSAGE_BYTES }, preClose: (done) => done() });
  healthRoutes(app, context);
  streamRoute(app, context);
  protocolRoutes(app, context);
  await app.register(async (audio) => {
    audio.removeAllContentTypeParsers();
    await audio.register(multipart, {
      limits: { files: 1, fields: 8, parts: 9, fieldSize: 1024, headerPairs: 32, fileSize: settings.maxBodyBytes + 1 },
    });
    audio.addContentTypeParser('*', (_, payload, done) => done(null, payload));
    classifyRoute(audio, context);
    timelineRoute(audio, context);
  });
  return app;
}

const pathOf = (url: string): string => url.split('?')[0];

/** What the log says of requests and answers: no header, no query, no body. */
const serializers = {
  req: ({ method, url, ip }: { method: string; url: string; ip: string }) => ({ method, path: pathOf(url), ip }),
  res: ({ statusCode }: { statusCode: number }) => ({ statusCode }),
};

/** What comes before there is a request: too slow, or not HTTP. */
function clientErrorHandler(error: NodeJS.ErrnoException, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const problem =
    error.code === 'ERR_HTTP_REQUEST_TIMEOUT'
      ? new Problem('request-timeout', 'the request did not arrive in time')
      : new Problem('bad-request', 'this is no HTTP request that can be read');
  socket.end(rawProblem(problem, randomUUID()), () => socket.destroy());
}
