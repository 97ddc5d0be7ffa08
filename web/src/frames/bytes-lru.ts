/** A memory with a limit in bytes: what was used longest ago goes first. */

export interface BytesLruOptions<Key, Value> {
  readonly limitBytes: number;
  readonly bytesOf: (value: Value) => number;
  /** What must stay, whatever the limit says. */
  readonly isKept?: (key: Key) => boolean;
  /** Called for each value that goes, replaced and cleared ones too. */
  readonly onGone?: (value: Value, key: Key) => void;
}

export class BytesLru<Key, Value> {
  /** In the order of use, longest ago first. */
  readonly #values = new Map<Key, Value>();
  readonly #options: BytesLruOptions<Key, Value>;
  #bytes = 0;

  constructor(options: BytesLruOptions<Key, Value>) {
    this.#options = options;
  }

  get bytes(): number {
    return this.#bytes;
  }

  keys(): IterableIterator<Key> {
    return this.#values.keys();
  }

  has(key: Key): boolean {
    return this.#values.has(key);
  }

  /** The value, which counts as used now. */
  use(key: Key): Value | undefined {
    const value = this.#values.get(key);
    if (value === undefined) return undefined;
    this.#values.delete(key);
    this.#values.set(key, value);
    return value;
  }

  /** Take `value` in as used now. It stays even if it alone is over the limit; others go until the limit holds. */
  put(key: Key, value: Value): void {
    this.delete(key);
    this.#values.set(key, value);
    this.#bytes += this.#options.bytesOf(value);
    for (const other of [...this.#values.keys()]) {
      if (this.#bytes <= this.#options.limitBytes) return;
      if (other !== key && !this.#options.isKept?.(other)) this.delete(other);
    }
  }

  delete(key: Key): void {
    const value = this.#values.get(key);
    if (value === undefined) return;
    this.#values.delete(key);
    this.#bytes -= this.#options.bytesOf(value);
    this.#options.onGone?.(value, key);
  }

  /** Let everything go but what is kept. */
  clear(): void {
    for (const key of [...this.#values.keys()]) if (!this.#options.isKept?.(key)) this.delete(key);
  }
}
