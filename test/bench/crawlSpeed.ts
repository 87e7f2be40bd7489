/** What one crawl of a bench took, as its process prints it. */
export interface CrawlSpeed {
  pages: number;
  seconds: number;
  /** Peak resident set, the engine's and its client's together. */
  rssMb: number;
}
