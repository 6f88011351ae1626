import { type ServerOptions, settled } from './options.js';
import type { Server } from './server.js';

export { type ServerOptions, serverOptionsSchema } from './options.js';
export type { Server } from './server.js';

/** What the server needs beyond inference; optional where serkit is installed. */
const PACKAGES = [
  'fastify',
  'fastify-type-provider-zod',
  '@fastify/cors',
  '@fastify/multipart',
  '@fastify/static',
  '@fastify/swagger',
  '@fastify/swagger-ui',
  '@fastify/websocket',
  'prom-client',
];

/**
 * A server over recognizers, its models loaded and its workers at hand: HTTP, WebSocket, metrics, OpenAPI. All limits are
 * options with defaults.
 *
 * @example
 * const server = await createServer({ models: ['emotions.onnx'], port: 8080 });
 * console.log(await server.listen());
 * process.once('SIGTERM', () => server.close());
 *
 * @throws RangeError that names the option which is out of range, Error for a model that cannot be used, and for packages
 *   that are not installed, with the command that brings them
 */
export async function createServer(options: ServerOptions): Promise<Server> {
  const settings = settled(options);
  const { Server: Class } = await import('./server.js').catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ERR_MODULE_NOT_FOUND') throw error;
    throw new Error(`the server needs packages that are not here: npm install --ignore-scripts ${PACKAGES.join(' ')}`);
  });
  return Class.create(settings);
}
