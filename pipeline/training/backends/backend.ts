/** What a training backend is: how to open it, what it needs, and the command that brings it where it is missing. */
export interface Backend {
  name: BackendName;
  /** What it runs on, for `serkit doctor`. */
  description: string;
  /** The one command that makes it work on a machine where it does not. */
  mend: string;
  /** Makes it tfjs' active backend. @throws Error with the reason, in one line, where it can't */
  open(): Promise<void>;
}

/** In the order in which `auto` tries them. */
export const backendNames = ['tensorflow', 'wasm', 'cpu'] as const;
export type BackendName = (typeof backendNames)[number];
