import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import type { z } from 'zod';
import { answerJob, assertRoom } from '../answer-job.js';
import type { ServerContext } from '../context.js';
import { classificationSchema, modelQuerySchema, problemResponses } from '../schemas.js';

type Answered = Omit<z.output<typeof classificationSchema>, 'model'>;

/** `POST /v1/classify`: a recording in, what it sounds like out. */
export function classifyRoute(app: FastifyInstance, context: ServerContext): void {
  app.withTypeProvider<ZodTypeProvider>().post(
    '/v1/classify',
    {
      schema: {
        summary: 'The emotion in a recording',
        description: 'The body is a sound file (WAV, FLAC, MP3, Ogg Vorbis or Opus), or a form with one as a file.',
        querystring: modelQuerySchema,
        response: { 200: classificationSchema, ...problemResponses },
      },
    },
    async (request, reply) => {
      const model = context.models.get(request.query.model);
      assertRoom(context);
      const answered = await context.uploads.withAudio(request, (audio) =>
        answerJob<Answered>(context, reply, model, { kind: 'classify', audio }),
      );
      context.metrics.audioSeconds.inc({ model: model.name }, answered.audio.seconds);
      return { ...answered, model: { name: model.name, version: model.version } };
    },
  );
}
