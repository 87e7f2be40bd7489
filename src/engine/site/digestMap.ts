const firstCapacity = 1_024;

/**
 * A number above 0 for each of many digests, as of `digestOf`. A `Map` would take ten times the memory.
 *
 * What is known by eight bytes may be taken for something else: of a million, in one crawl of 37 million.
 */
export class DigestMap {
  private count = 0;
  private highs = new Uint32Array(firstCapacity);
  private lows = new Uint32Array(firstCapacity);
  /** 0 where a place is free. */
  private values = new Uint32Array(firstCapacity);

  /** 0 when there is none. */
  get(digest: string): number {
    return this.values[this.placeOf(wordOf(digest, 0), wordOf(digest, 4))] ?? 0;
  }

  set(digest: string, value: number): void {
    if (4 * this.count >= 3 * this.values.length) this.grow();
    if (this.put(wordOf(digest, 0), wordOf(digest, 4), value)) this.count += 1;
  }

  private put(high: number, low: number, value: number): boolean {
    const place = this.placeOf(high, low);
    const isNew = this.values[place] === 0;
    this.highs[place] = high;
    this.lows[place] = low;
    this.values[place] = value;
    return isNew;
  }

  /** Where it is, or would be. */
  private placeOf(high: number, low: number): number {
    const mask = this.values.length - 1;
    let place = low & mask;
    while (this.values[place] !== 0 && (this.highs[place] !== high || this.lows[place] !== low)) {
      place = (place + 1) & mask;
    }
    return place;
  }

  private grow(): void {
    const { highs, lows, values } = this;
    const capacity = 2 * values.length;
    this.highs = new Uint32Array(capacity);
    this.lows = new Uint32Array(capacity);
    this.values = new Uint32Array(capacity);
    for (const [place, value] of values.entries()) {
      if (value !== 0) this.put(highs[place] ?? 0, lows[place] ?? 0, value);
    }
  }
}

function wordOf(digest: string, at: number): number {
  let word = 0;
  for (let byte = at; byte < at + 4; byte++) word = (word << 8) | digest.charCodeAt(byte);
  return word >>> 0;
}
