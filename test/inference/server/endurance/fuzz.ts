import { encodeWav } from '../../../../pipeline/audio/index.js';
import { post, problemOf, type Serving, tone } from '../serve.js';
import { memoryOf } from './memory.js';
import { intactFiles, mutated, mutatedForm } from './uploads.js';

export interface FuzzReport {
  uploads: number;
  byStatus: Record<string, number>;
  /** Along the way, MB. */
  memory: number[];
}

const AT_A_TIME = 8;
const SAMPLES_OF_MEMORY = 15;

/**
 * Mutated uploads, each answered 200 or with a proper problem that is the upload's own fault, and the server still right
 * about an intact one in between.
 *
 * @param said tells how far it is
 * @throws Error with the seed of the upload that was answered otherwise
 */
export async function fuzz(
  serving: Serving,
  count: number,
  seed: string,
  said: (done: number) => void = () => {},
): Promise<FuzzReport> {
  const files = intactFiles();
  const url = `${serving.url}/v1/classify`;
  const byStatus: Record<string, number> = {};
  const memory: number[] = [];
  const every = Math.ceil(count / SAMPLES_OF_MEMORY);
  let next = 0;
  const upload = async () => {
    while (next < count) {
      const number = next++;
      const name = `${seed} ${number}`;
      const bytes = mutated(files, name);
      const form = number % 4 === 3 ? mutatedForm(bytes, name) : undefined;
      const response = await post(url, form?.body ?? bytes, form ? { 'content-type': form.type } : {});
      byStatus[response.status] = (byStatus[response.status] ?? 0) + 1;
      if (response.status === 200) await response.arrayBuffer();
      else if (![400, 413, 422].includes(response.status))
        throw new Error(`upload ${JSON.stringify(name)} was answered ${response.status}: ${await response.text()}`);
      else await problemOf(response);
      if (number % every === 0) {
        memory.push(await memoryOf(serving));
        const intact = await post(url, encodeWav(tone(0.7), 8000));
        if (intact.status !== 200) throw new Error(`after ${name} an intact upload is answered ${intact.status}`);
        await intact.arrayBuffer();
        said(number);
      }
    }
  };
  await Promise.all(Array.from({ length: AT_A_TIME }, upload));
  return { uploads: count, byStatus, memory };
}
