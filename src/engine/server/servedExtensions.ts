import {
  concurrentRequestsExtension,
  conditionalRequestsExtension,
  crawlControlExtension,
  creditExtension,
  messagePackExtension,
  requestIdsExtension,
  resumeFromExtension,
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
];
