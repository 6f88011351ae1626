/** Files of a folder that another program loads: path in it, with forward slashes, → text or bytes. */
export type Folder = Readonly<Record<string, string | Uint8Array>>;
