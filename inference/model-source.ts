/** The largest file that is read. Protobuf, and so ONNX in one file, ends at 2 GiB. */
export const LARGEST_MODEL_BYTES = 2 ** 31 - 1;

const SUPPORTED = 'supported: .onnx files from `serkit export`';

/** A model file that is at hand. `File` is a Blob with a name. */
export type InMemory = Uint8Array | ArrayBuffer | Blob;

/** A model file's bytes and what messages call it. */
export interface NamedBytes {
  bytes: Uint8Array;
  name: string;
}

/** @throws TypeError for something else, RangeError for a Blob that is too large */
export async function fromMemory(source: InMemory): Promise<NamedBytes> {
  if (source instanceof Uint8Array) return { bytes: source, name: 'model' };
  if (source instanceof ArrayBuffer) return { bytes: new Uint8Array(source), name: 'model' };
  if (!(source instanceof Blob)) {
    const kind = source === null ? 'null' : Array.isArray(source) ? 'an array' : `a ${typeof source}`;
    throw new TypeError(`a model file is a path, an address, bytes or a Blob, not ${kind}`);
  }
  const name = 'name' in source && typeof source.name === 'string' && source.name !== '' ? source.name : 'model';
  assertSize(source.size, name);
  return { bytes: new Uint8Array(await source.arrayBuffer()), name };
}

/**
 * A model file over HTTP, or whatever else `fetch` reads.
 *
 * @param address absolute, or relative to the page
 * @throws Error where it cannot be fetched or the server says no; RangeError for one that is too large; SyntaxError for
 *   a page of HTML in place of a file; the signal's reason where it aborts. Each names the address.
 */
export async function fromAddress(address: string, signal?: AbortSignal): Promise<NamedBytes> {
  const fail = (error: unknown): never => {
    signal?.throwIfAborted();
    const { message, cause } = error as Error;
    const reason = cause instanceof Error ? `${message}: ${cause.message}` : message;
    throw new Error(`${address}: cannot be fetched (${reason}); ${SUPPORTED}`, { cause: error });
  };
  const response = await fetch(address, { signal }).catch(fail);
  const reader = response.body?.getReader();
  const pieces: Uint8Array<ArrayBuffer>[] = [];
  try {
    if (!response.ok)
      throw new Error(`${address}: the server answers ${response.status} ${response.statusText}`.trim());
    assertSize(Number(response.headers.get('content-length') ?? 0), address);
    let length = 0; // a header may say nothing, or too little
    for (let piece = await reader?.read().catch(fail); piece?.value; piece = await reader?.read().catch(fail)) {
      length += piece.value.length;
      assertSize(length, address);
      pieces.push(piece.value);
    }
  } finally {
    await reader?.cancel().catch(() => undefined);
  }
  const bytes = new Uint8Array(await new Blob(pieces).arrayBuffer());
  assertNoText(bytes, address);
  return { bytes, name: address };
}

/** @throws RangeError for more than is read */
export function assertSize(bytes: number, name: string): void {
  if (bytes > LARGEST_MODEL_BYTES)
    throw new RangeError(`${name}: ${bytes} bytes are too many (supported: up to ${LARGEST_MODEL_BYTES})`);
}

/**
 * What servers and checkouts give in place of a file: a page for everything that they don't know, with status 200, and a
 * pointer of Git LFS.
 */
function assertNoText(bytes: Uint8Array, address: string): void {
  const beginning = new TextDecoder().decode(bytes.subarray(0, 200)).trimStart().toLowerCase();
  if (beginning.startsWith('<'))
    throw new SyntaxError(`${address}: the server answers with a page of HTML or XML, no model file; ${SUPPORTED}`);
  if (beginning.startsWith('version https://git-lfs'))
    throw new SyntaxError(`${address}: a pointer of Git LFS, not the file itself; \`git lfs pull\` brings it`);
}
