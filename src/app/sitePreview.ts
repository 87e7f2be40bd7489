import type { FoundPage, SiteOptions } from '../protocol/messages';
import type { CrawlSource } from './crawlRun';

/** What a site crawl would do, found out without crawling more than the seeds. */
export interface SitePreview {
  seeds: readonly string[];
  site: SiteOptions;
  /** In the order found. */
  pages: FoundPage[];
  /** Seeds that could not be read, so that what they link to is not known. */
  failures: { url: string; message: string }[];
}

/**
 * Asks the server in use for a dry run.
 *
 * @param onFound how many URLs are known so far.
 * @throws {ClientError} @throws {EngineError} @throws what `signal` was aborted with.
 */
export async function previewSite(
  source: CrawlSource,
  seeds: readonly string[],
  options: SiteOptions,
  signal: AbortSignal,
  onFound: (count: number) => void,
): Promise<SitePreview> {
  const site = { ...options, is_dry_run: true };
  const preview: SitePreview = { seeds, site, pages: [], failures: [] };
  await source.withClient(signal, async (client) => {
    const crawl = client.crawlSite(seeds, site, { signal });
    for await (const event of crawl) {
      if (event.message_type === 'found') {
        preview.pages.push(...event.data.pages);
        onFound(preview.pages.length);
      } else if (event.message_type === 'result') {
        const { url, error } = event.data.result;
        if (error !== null) preview.failures.push({ url, message: error.message });
      } else if (event.message_type === 'paused') {
        // What fails is part of the answer.
        crawl.unpause();
      }
    }
  });
  return preview;
}
