import type { FastifyInstance, FastifyReply } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { ModelOutputs } from '../../loaded-model.js';
import { answerJob, assertRoom } from '../answer-job.js';
import type { ServerContext } from '../context.js';
import { beginProblem } from '../errors.js';
import type { ServedModel } from '../models.js';
import { Problem } from '../problem.js';
import { assertReady } from './health.js';
import { decodeRequest, encodeResponse, HEADER_LENGTH } from './protocol-binary.js';
import { inferRequestSchema, inputTensor } from './protocol-tensors.js';

const modelSchema = z.object({ model: z.string() });
const versionSchema = modelSchema.extend({ version: z.string() });

/**
 * The Open Inference Protocol, version 2, with its binary extension: what KServe and Triton speak. Tensors go in and out
 * as the file has them: nothing is decoded, resampled, normalised or made a probability on the way.
 * Source: kserve/open-inference-protocol, `specification/protocol/inference_rest.md`; Triton's binary tensor data extension.
 */
export function protocolRoutes(root: FastifyInstance, context: ServerContext): void {
  void root.register(async (plain) => {
    const app = plain.withTypeProvider<ZodTypeProvider>();
    app.setErrorHandler((error, request, reply) => {
      const { message } = beginProblem(error, request, reply);
      return reply.serializer(JSON.stringify).type('application/json').send({ error: message });
    });
    app.addContentTypeParser('application/octet-stream', { parseAs: 'buffer' }, (_, body, done) => done(null, body));

    const { models } = context;
    const open = { config: { withoutKey: true } };
    app.get('/v2', async () => ({ name: 'serkit', version: context.version, extensions: ['binary_tensor_data'] }));
    app.get('/v2/health/live', open, async () => ({ live: true }));
    app.get('/v2/health/ready', open, async () => {
      assertReady(context);
      return { ready: true };
    });
    for (const [path, params] of [
      ['/v2/models/:model', modelSchema],
      ['/v2/models/:model/versions/:version', versionSchema],
    ] as const) {
      const schema = { params };
      app.get(path, { schema }, async ({ params }) => metadataOf(served(models, params)));
      app.get(`${path}/ready`, { schema }, async ({ params }) => {
        const { name } = served(models, params);
        assertReady(context);
        return { name, ready: true };
      });
      app.post(`${path}/infer`, { schema }, async (request, reply) => {
        const model = served(models, request.params);
        assertRoom(context);
        return infer(context, reply, model, decodeRequest(request.body, request.headers[HEADER_LENGTH]));
      });
    }
  });
}

function served(
  models: ServerContext['models'],
  { model: name, version }: { model: string; version?: string },
): ServedModel {
  const model = models.get(name);
  if (version !== undefined && version !== model.version)
    throw new Problem('no-such-model', `there is no version ${version} of ${name} (there: ${model.version})`);
  return model;
}

const metadataOf = ({ name, version, ports }: ServedModel) => ({
  name,
  versions: [version],
  platform: 'onnxruntime_onnx',
  inputs: ports.inputs.map((port) => ({ ...port, datatype: 'FP32' })),
  outputs: ports.outputs.map((port) => ({ ...port, datatype: 'FP32' })),
});

async function infer(context: ServerContext, reply: FastifyReply, model: ServedModel, given: unknown) {
  const parsed = inferRequestSchema.safeParse(given);
  if (!parsed.success) {
    const issues = parsed.error.issues.map(({ path, message }) => `${path.join('.') || 'the body'}: ${message}`);
    throw new Problem('bad-request', issues.join('; '));
  }
  const request = parsed.data;
  const { values, shape } = inputTensor(request, model);
  const wanted: NonNullable<typeof request.outputs> =
    request.outputs ?? model.ports.outputs.map(({ name }) => ({ name }));
  const unknown = wanted.find(({ name }) => !model.ports.outputs.some((port) => port.name === name));
  if (unknown) throw new Problem('bad-request', `${model.name} has no output ${JSON.stringify(unknown.name)}`);

  const { probabilities, attention } = await answerJob<ModelOutputs>(context, reply, model, {
    kind: 'infer',
    values,
    shape,
  });
  const outputs = wanted.map(({ name, parameters }) => {
    const data = name === model.ports.outputs[0].name ? probabilities : attention!;
    const binary = parameters?.binary_data ?? request.parameters?.binary_data_output ?? false;
    return { name, datatype: 'FP32', shape: [shape[0], data.length / shape[0]], data, binary };
  });
  const head = { model_name: model.name, model_version: model.version, ...(request.id && { id: request.id }) };
  return encodeResponse(head, outputs, reply);
}
