import seedrandom from 'seedrandom';

/** Choices made by one random number generator. */
export class Draw {
  readonly random: () => number;

  constructor(seed: string) {
    this.random = seedrandom.alea(seed);
  }

  /** From `low` up to and with `high`. */
  integer(low: number, high: number): number {
    return low + Math.floor(this.random() * (Math.max(low, high) - low + 1));
  }

  chance(probability: number): boolean {
    return this.random() < probability;
  }

  of<Item>(items: readonly Item[]): Item {
    return items[Math.floor(this.random() * items.length)];
  }

  shuffled<Item>(items: readonly Item[]): Item[] {
    return items
      .map((item) => ({ item, at: this.random() }))
      .sort((a, b) => a.at - b.at)
      .map(({ item }) => item);
  }
}
