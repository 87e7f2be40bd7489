import type { SiteOptions } from '../../src/protocol/messages';

/** A crawl of one host, far and long enough for any test; those that are about a limit set it. */
export const wholeHost: SiteOptions = {
  max_depth: 60,
  max_pages: 5_000,
  max_duration_ms: 60_000,
  scope: 'host',
  allowed_hosts: [],
  include: [],
  exclude: [],
  use_sitemaps: false,
  strategy: 'breadth-first',
  is_dry_run: false,
};
