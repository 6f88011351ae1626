import type { CommandModule } from 'yargs';
import type { ServeOptions, Serving } from '../../workflows/serve.js';
import { serveOptions } from '../../workflows/serve-options.js';
import { interruption } from '../run-command.js';

/** `--max-queue` of `maxQueue`. */
const flagOf = (name: string): string => name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

const limits = Object.fromEntries(
  serveOptions.map(({ name, describe, default: fallback }) => {
    const type: 'number' | 'string' = typeof fallback === 'number' ? 'number' : 'string';
    return [flagOf(name), { type, describe, default: fallback }];
  }),
);

export const serve: CommandModule<{ json: boolean }> = {
  command: 'serve <models..>',
  describe: 'answer over HTTP and WebSocket: /v1, the Open Inference Protocol, /docs, /metrics',
  builder: (yargs) =>
    yargs
      .positional('models', {
        type: 'string',
        array: true,
        demandOption: true,
        describe: '.onnx files, or folders of them',
      })
      .options(limits)
      .option('cors-origins', { type: 'string', array: true, default: [], describe: 'origins whose pages may ask' })
      .option('api-keys-file', {
        type: 'string',
        describe: 'a file with one API key a line (or SERKIT_API_KEYS in the environment)',
      })
      .example('serkit serve emotions.onnx', 'then: curl --data-binary @hello.wav http://127.0.0.1:8080/v1/classify')
      .example('serkit serve models/ --host 0.0.0.0 --api-keys-file keys.txt', 'a folder, for those who have a key'),
  handler: async (args) => {
    const { json, models, corsOrigins, apiKeysFile, ...rest } = args as unknown as ServeArguments;
    const options = Object.fromEntries(serveOptions.map(({ name }) => [name, rest[name]]));
    const workflow = await import('../../workflows/serve.js');
    let isInterrupted = false;
    process.once('SIGINT', () => {
      isInterrupted = true;
    });
    await workflow.serve({ ...options, models, corsOrigins, apiKeysFile }, interruption.signal, (serving) =>
      console.log(json ? JSON.stringify(serving, null, 2) : servingText(serving)),
    );
    if (isInterrupted) process.exitCode = 130;
  },
};

const servingText = ({ address, models }: Serving): string =>
  [
    `listening on ${address}`,
    ...models.map(({ name, version, labels }) => `  ${name} (${version}): ${labels.join(', ')}`),
  ].join('\n');

interface ServeArguments extends ServeOptions {
  json: boolean;
  [option: string]: unknown;
}
