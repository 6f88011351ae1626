/** JSON objects as a topology holds them. */
export type JsonObject = { readonly [key: string]: unknown };

export const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * A layer's configuration, read by kind. Keys are given as Keras writes them (`kernel_size`); tfjs's spelling
 * (`kernelSize`) is found too, and values that are names lose their underscores (`channels_first` = `channelsFirst`).
 */
export class LayerConfig {
  constructor(
    readonly json: JsonObject,
    /** How errors name the layer: `layer "conv2d_1" (Conv2D)`. */
    readonly layer: string,
  ) {}

  /** The raw value; null, an absent key and undefined are one. */
  get(key: string): unknown {
    return this.json[key] ?? this.json[toCamelCase(key)] ?? undefined;
  }

  number(key: string, fallback?: number): number {
    const value = this.get(key) ?? fallback;
    if (typeof value !== 'number') throw this.#wrong(key, 'a number');
    return value;
  }

  boolean(key: string, fallback: boolean): boolean {
    const value = this.get(key) ?? fallback;
    if (typeof value !== 'boolean') throw this.#wrong(key, 'true or false');
    return value;
  }

  /** A name in camel case, as one of those supported. */
  oneOf<Name extends string>(key: string, supported: readonly Name[], fallback: Name): Name {
    const name = this.name(key, fallback);
    const found = supported.find((candidate) => candidate === name);
    if (found === undefined) throw this.#wrong(key, supported.join(', '));
    return found;
  }

  /** A name in camel case; an object `{class_name}` stands for its class. */
  name(key: string, fallback: string): string {
    const value = this.get(key) ?? fallback;
    const name = isObject(value) ? value.class_name : value;
    if (typeof name !== 'string') throw this.#wrong(key, 'a name');
    return toCamelCase(name);
  }

  /** `count` integers; a single number stands for all of them (`kernel_size: 3`). */
  integers(key: string, count: number, fallback?: number | readonly number[]): number[] {
    const value = this.get(key) ?? fallback;
    const values = typeof value === 'number' ? new Array<number>(count).fill(value) : value;
    if (!Array.isArray(values) || values.length !== count || !values.every(Number.isInteger))
      throw this.#wrong(key, `${count} integers`);
    return values;
  }

  #wrong(key: string, supported: string): TypeError {
    return new TypeError(
      `${this.layer}: ${key} ${JSON.stringify(this.get(key))} is not supported (supported: ${supported})`,
    );
  }
}

const toCamelCase = (name: string): string =>
  name.replace(/_+([a-z0-9])/gi, (_match, letter: string) => letter.toUpperCase());
