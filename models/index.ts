import type { Architecture } from './architecture.js';
import { cnn } from './cnn.js';
import { cnnAttentionLstm } from './cnn-attention-lstm.js';
import { cnnLstm } from './cnn-lstm.js';

/** Every architecture by its name: a new one is a file and a line here. */
export const architectures = { cnn, 'cnn-lstm': cnnLstm, 'cnn-attention-lstm': cnnAttentionLstm } satisfies Record<
  string,
  { name: string }
>;

export type ArchitectureName = keyof typeof architectures;

/** The architecture of that name. @throws RangeError that lists the names there are */
export function architectureNamed(name: string): Architecture {
  const architecture = (architectures as unknown as Record<string, Architecture>)[name];
  if (!Object.hasOwn(architectures, name))
    throw new RangeError(`no model is named "${name}" (there are: ${Object.keys(architectures).join(', ')})`);
  return architecture;
}

export type { Architecture, ModelInput, ModelOptions } from './architecture.js';
