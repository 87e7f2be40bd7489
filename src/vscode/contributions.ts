/** Every id that package.json contributes, once; a test holds the two together. */

export const commandIds = [
  'riptide.crawlUrls',
  'riptide.crawlSelection',
  'riptide.crawlFile',
  'riptide.crawlSite',
  'riptide.previewSite',
  'riptide.cancelCrawl',
  'riptide.pauseCrawl',
  'riptide.resumeCrawl',
  'riptide.retryFailed',
  'riptide.retryPage',
  'riptide.crawlAgain',
  'riptide.deleteCrawl',
  'riptide.openResults',
  'riptide.openPage',
  'riptide.export',
  'riptide.ping',
  'riptide.showStatus',
  'riptide.compareTransports',
  'riptide.selectServer',
  'riptide.setApiKey',
  'riptide.setRequestSecret',
  'riptide.restartEngine',
  'riptide.showLog',
  'riptide.showMenu',
] as const;

export type CommandId = (typeof commandIds)[number];

export const sessionViewId = 'riptide.session';
export const crawlsViewId = 'riptide.crawls';
export const resultsPanelType = 'riptide.results';

/** Scheme of the read-only documents that crawled pages open as. */
export const pageScheme = 'riptide';

/** Scheme of the read-only documents about the crawler itself. */
export const reportScheme = 'riptide-report';

export const settingNames = [
  'server.url',
  'server.authentication',
  'server.headers',
  'transport',
  'server.maxMessageMegabytes',
  'crawl.resumeInterrupted',
  'site.maxDepth',
  'site.maxPages',
  'site.maxMinutes',
  'site.scope',
  'site.include',
  'site.exclude',
  'site.useSitemaps',
  'site.strategy',
  'engine.concurrency',
  'engine.concurrencyPerHost',
  'engine.delayMilliseconds',
  'engine.timeoutSeconds',
  'engine.obeyRobotsTxt',
  'engine.userAgent',
  'engine.headers',
  'engine.renderPages',
  'engine.browserPath',
] as const;
