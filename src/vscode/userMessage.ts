import { commands, l10n, window } from 'vscode';
import type { CommandId } from './contributions';
import { plainText } from './words';

/** Our own commands, and what of the editor helps where ours cannot; `settings` is a search in its settings. */
type Remedy = CommandId | 'workbench.trust.manage' | { settings: string };

/** Tells the user what failed and offers what to do about it; each of our errors carries a stable `reason`. */
export async function showError(error: unknown): Promise<void> {
  const message = error instanceof Error ? error.message : String(error);
  const reason = error instanceof Error && 'reason' in error ? String(error.reason) : '';
  await offer(window.showErrorMessage, message, remediesFor(reason));
}

/** As {@link showError}, for a failure that was stored. */
export async function showFailure(failure: { message: string; reason: string }): Promise<void> {
  await offer(window.showErrorMessage, failure.message, remediesFor(failure.reason));
}

/** Tells why a command cannot run now, and offers what to do instead. */
export async function showUnavailable(message: string, ...remedies: Remedy[]): Promise<void> {
  await offer(window.showInformationMessage, message, remedies);
}

async function offer(
  show: (message: string, ...items: string[]) => Thenable<string | undefined>,
  message: string,
  remedies: readonly Remedy[],
): Promise<void> {
  const labels = remedies.map(labelOf);
  const chosen = await show(plainText(message), ...labels);
  const remedy = chosen === undefined ? undefined : remedies[labels.indexOf(chosen)];
  if (typeof remedy === 'string') await commands.executeCommand(remedy);
  else if (remedy) await commands.executeCommand('workbench.action.openSettings', remedy.settings);
}

function remediesFor(reason: string): readonly Remedy[] {
  switch (reason) {
    case 'unauthorized':
    case 'forbidden':
      return ['riptide.setApiKey', 'riptide.selectServer'];
    case 'site-crawl-unsupported':
    case 'bad-address':
    case 'connect-timeout':
    case 'welcome-timeout':
    case 'refused':
    case 'dns':
    case 'tls':
    case 'no-websocket':
    case 'no-endpoint':
    case 'bad-handshake':
    case 'unavailable':
    case 'http-error':
    case 'connection-lost':
      return ['riptide.selectServer', 'riptide.showLog'];
    case 'certificate':
      return [{ settings: '@id:http.systemCertificates @id:http.proxyStrictSSL' }, 'riptide.selectServer'];
    case 'proxy':
    case 'proxy-unauthorized':
      return [{ settings: 'http.proxy' }, 'riptide.selectServer'];
    case 'bad-header':
      return [{ settings: 'riptide.server.headers' }, 'riptide.selectServer'];
    case 'start-failed':
    case 'start-timeout':
      return ['riptide.restartEngine', 'riptide.showLog'];
    case 'cancelled':
      return [];
    default:
      return ['riptide.showLog'];
  }
}

function labelOf(command: Remedy): string {
  if (typeof command === 'object') return l10n.t('Open Settings');
  switch (command) {
    case 'riptide.crawlUrls':
      return l10n.t('Crawl URLs…');
    case 'riptide.crawlFile':
      return l10n.t('Crawl URLs in File');
    case 'riptide.openResults':
      return l10n.t('Open Results');
    case 'riptide.selectServer':
      return l10n.t('Select Server…');
    case 'riptide.setApiKey':
      return l10n.t('Set API Key…');
    case 'riptide.restartEngine':
      return l10n.t('Restart Engine');
    case 'riptide.showLog':
      return l10n.t('Show Log');
    case 'workbench.trust.manage':
      return l10n.t('Manage Workspace Trust');
    default:
      return command;
  }
}
