/** What of WebGPU is asked for; not every compilation of this file knows the browser's types. */
interface Gpu {
  requestAdapter(options: { powerPreference: 'high-performance' }): Promise<Adapter | null>;
}

interface Adapter {
  readonly info?: Readonly<Record<'vendor' | 'architecture' | 'device' | 'description', string>> & {
    readonly isFallbackAdapter?: boolean;
  };
  /** Where browsers had it before it moved to the information. */
  readonly isFallbackAdapter?: boolean;
}

const gpu = (): Gpu | undefined => (globalThis as { navigator?: { gpu?: Gpu } }).navigator?.gpu;

const adapterOf = (found: Gpu): Promise<Adapter | null> =>
  found.requestAdapter({ powerPreference: 'high-performance' }).catch(() => null);

/** Why this page has no WebGPU; undefined where it has an adapter. */
export async function obstacleToWebgpu(): Promise<string | undefined> {
  const found = gpu();
  if (found) return (await adapterOf(found)) ? undefined : 'the browser gives no adapter: it has no GPU that it trusts';
  if (Reflect.get(globalThis, 'isSecureContext') === false)
    return 'the page is no secure context (served by https, or from localhost)';
  return 'this browser has no WebGPU (navigator.gpu)';
}

/** The software adapter that WebGPU would use here, by name; undefined for a GPU. */
export async function softwareWebgpu(): Promise<string | undefined> {
  const found = gpu();
  const adapter = found && (await adapterOf(found));
  if (!adapter) return undefined;
  const { vendor = '', architecture = '', device = '', description = '' } = adapter.info ?? {};
  const name = [description, vendor, architecture, device].filter(Boolean).join(' ');
  const fallback = adapter.info?.isFallbackAdapter ?? adapter.isFallbackAdapter ?? false;
  // Some browsers hand a software adapter out as if it were none.
  return fallback || /swiftshader|llvmpipe|lavapipe|basic render/i.test(name) ? name || 'unnamed' : undefined;
}
