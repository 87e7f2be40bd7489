import type { Settlement } from '../client/ledger';
import type { RipTideClient } from '../client/ripTideClient';
import type { SiteCrawlEvent } from '../client/siteCrawlEvent';
import type { CrawlOptions, FoundPage, Validators } from '../protocol/messages';

/** What of a crawl is to be done, by what is on disk, and how a client is asked for it. */
export interface CrawlPlan {
  /** Pages of the crawl so far. */
  readonly asked: number;
  readonly outstanding: number;
  /** Asks for what is outstanding. */
  open(client: RipTideClient, signal: AbortSignal): OpenCrawl;
  /** These have been found. */
  find(pages: readonly FoundPage[]): void;
  settle(index: number, settlement: Settlement): void;
  /** So long nothing was done, which is no part of the crawl's time. */
  excludeTime(durationMs: number): void;
}

export interface OpenCrawl {
  events: AsyncIterable<SiteCrawlEvent>;
  /** The index in the crawl of what has this place in the events. */
  indexOf(place: number): number;
  /** Goes on after a `paused` event. */
  unpause(): void;
}

/** A list of URLs, of which no more become known. */
export class ListPlan implements CrawlPlan {
  readonly asked: number;
  private readonly pages: Map<number, string>;
  private readonly options: CrawlOptions;
  private readonly validators: ReadonlyMap<number, Validators>;

  /**
   * @param pages to crawl, by their index in the crawl; the plan takes them off.
   * @param validators of copies at hand, by the same index.
   */
  constructor(
    asked: number,
    pages: Map<number, string>,
    options: CrawlOptions,
    validators: ReadonlyMap<number, Validators> = new Map(),
  ) {
    this.validators = validators;
    this.asked = asked;
    this.pages = pages;
    this.options = options;
  }

  get outstanding(): number {
    return this.pages.size;
  }

  open(client: RipTideClient, signal: AbortSignal): OpenCrawl {
    const indexes = [...this.pages.keys()];
    const validators = new Map<number, Validators>();
    for (const [place, index] of indexes.entries()) {
      const known = this.validators.get(index);
      if (known) validators.set(place, known);
    }
    const crawl = client.crawl([...this.pages.values()], this.options, {
      signal,
      takesRawResults: true,
      validators,
    });
    return {
      events: crawl,
      indexOf: (place) => indexes[place] ?? -1,
      unpause: () => crawl.unpause(),
    };
  }

  find(): void {
    throw new Error('A crawl of a list finds no pages');
  }

  settle(index: number): void {
    this.pages.delete(index);
  }

  excludeTime(): void {
    // The time of a list is not limited.
  }
}
