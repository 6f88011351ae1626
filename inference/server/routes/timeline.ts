import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import type { z } from 'zod';
import { answerJob, assertRoom } from '../answer-job.js';
import type { ServerContext } from '../context.js';
import { problemResponses, timelineQuerySchema, timelineSchema } from '../schemas.js';

type Answered = Omit<z.output<typeof timelineSchema>, 'model'>;

/** `POST /v1/timeline`: a recording in, what is heard in each of its windows out. */
export function timelineRoute(app: FastifyInstance, context: ServerContext): void {
  app.withTypeProvider<ZodTypeProvider>().post(
    '/v1/timeline',
    {
      schema: {
        summary: 'The emotions over a recording',
        description: 'The body is as that of /v1/classify.',
        querystring: timelineQuerySchema,
        response: { 200: timelineSchema, ...problemResponses },
      },
    },
    async (request, reply) => {
      const { model: name, windowSeconds, hopSeconds } = request.query;
      const model = context.models.get(name);
      assertRoom(context);
      const answered = await context.uploads.withAudio(request, (audio) =>
        answerJob<Answered>(context, reply, model, { kind: 'timeline', audio, windowSeconds, hopSeconds }),
      );
      context.metrics.audioSeconds.inc({ model: model.name }, answered.audio.seconds);
      return { ...answered, model: { name: model.name, version: model.version } };
    },
  );
}
