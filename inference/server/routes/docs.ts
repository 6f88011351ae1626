import swagger from '@fastify/swagger';
import swaggerUi from '@fastify/swagger-ui';
import type { FastifyInstance } from 'fastify';
import { jsonSchemaTransform } from 'fastify-type-provider-zod';
import type { ServerContext } from '../context.js';

const recording = { type: 'string' as const, format: 'binary' };

/** What the two ways to send a recording look like; a stream is not validated by a schema. */
const recordingBody = {
  required: true,
  content: {
    'application/octet-stream': { schema: recording },
    'multipart/form-data': { schema: { type: 'object' as const, properties: { file: recording }, required: ['file'] } },
  },
};

/** The page's own files and this server, nobody else; its program writes styles into the page. */
const PAGE_POLICY =
  "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; object-src 'none'; frame-ancestors 'none'";

/** `/docs`: the OpenAPI document (`/docs/json`, `/docs/yaml`) and a page to try it, with nothing from elsewhere. */
export async function docsRoutes(app: FastifyInstance, { settings, version }: ServerContext): Promise<void> {
  const isClosed = settings.apiKeys.length > 0;
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: { title: 'serkit', description: 'Speech emotion recognition', version },
      ...(isClosed && {
        components: {
          securitySchemes: {
            bearer: { type: 'http', scheme: 'bearer' },
            key: { type: 'apiKey', in: 'header', name: 'X-API-Key' },
          },
        },
        security: [{ bearer: [] }, { key: [] }],
      }),
    },
    transform: jsonSchemaTransform,
    transformObject: (document) => {
      if (!('openapiObject' in document)) return document.swaggerObject;
      const { paths = {} } = document.openapiObject;
      for (const path of ['/v1/classify', '/v1/timeline'])
        if (paths[path]?.post) paths[path].post.requestBody = recordingBody;
      return document.openapiObject;
    },
  });
  await app.register(swaggerUi, { routePrefix: '/docs', staticCSP: PAGE_POLICY, uiConfig: { validatorUrl: null } });
}
