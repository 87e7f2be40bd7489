import { l10n, window } from 'vscode';
import type { DecideFailing } from '../app/crawlRun';
import { plainText } from './words';

/** Asks whether a crawl shall go on of which half of the pages fail; it waits meanwhile, and can be resumed later. */
export const askAboutFailing: DecideFailing = async ({ title }, message) => {
  const goOn = l10n.t('Go On');
  const stop = l10n.t('Stop');
  // Only a question that is an error stays until it is answered; a crawl that waits for nothing to be seen seems to hang.
  const answer = await window.showErrorMessage(
    l10n.t(
      'Half of the pages of “{0}” fail, so that the crawl waits: {1}',
      plainText(title),
      plainText(message),
    ),
    goOn,
    stop,
  );
  if (answer === goOn) return 'go-on';
  return answer === stop ? 'cancelled' : 'paused';
};
