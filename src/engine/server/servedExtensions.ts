import {
  concurrentRequestsExtension,
  conditionalRequestsExtension,
  crawlControlExtension,
  creditExtension,
  messagePackExtension,
  requestIdsExtension,
  resumeFromExtension,
  siteCrawlsExtension,
} from '../../protocol/messages';

/** What the welcome announces. */
export const servedExtensions: readonly string[] = [
  concurrentRequestsExtension,
  requestIdsExtension,
  crawlControlExtension,
  creditExtension,
  resumeFromExtension,
  messagePackExtension,
  conditionalRequestsExtension,
  siteCrawlsExtension,
];
