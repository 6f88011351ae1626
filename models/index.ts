import type { Architecture } from './architecture.js';
import { autoencoderFc } from './autoencoder-fc.js';
import { autoencoderGru } from './autoencoder-gru.js';
import { cnn } from './cnn.js';
import { cnnAttentionLstm } from './cnn-attention-lstm.js';
import { cnnAttentionLstmAutoencoder } from './cnn-attention-lstm-autoencoder.js';
import { cnnAutoencoder } from './cnn-autoencoder.js';
import { cnnLstm } from './cnn-lstm.js';

/** Every architecture by its name: a new one is a file and a line here. */
export const architectures = {
  cnn,
  'cnn-lstm': cnnLstm,
  'cnn-attention-lstm': cnnAttentionLstm,
  'autoencoder-fc': autoencoderFc,
  'autoencoder-gru': autoencoderGru,
  'cnn-autoencoder': cnnAutoencoder,
  'cnn-attention-lstm-autoencoder': cnnAttentionLstmAutoencoder,
} satisfies Record<string, { name: string }>;

export type ArchitectureName = keyof typeof architectures;

/** The architecture of that name. @throws RangeError that lists the names there are */
export function architectureNamed(name: string): Architecture {
  const architecture = (architectures as unknown as Record<string, Architecture>)[name];
  if (!Object.hasOwn(architectures, name))
    throw new RangeError(`no model is named "${name}" (there are: ${Object.keys(architectures).join(', ')})`);
  return architecture;
}

/** The names of the models that hold an encoder. */
export const hybridNames = (): string[] =>
  Object.values(architectures as unknown as Record<string, Architecture>)
    .filter(({ holdsEncoder }) => holdsEncoder)
    .map(({ name }) => name);

export type { Architecture, ModelInput, ModelOptions } from './architecture.js';
