import { ConfigurationTarget, l10n, window, workspace } from 'vscode';
import type { EngineProcess } from '../app/engineProcess';
import type { Server, Session } from '../app/session';
import { statusDocument } from '../app/statusDocument';
import type { Logger } from '../base/logger';
import { socketUrl } from '../client/serverAddress';
import type { ApiKeys } from './apiKeys';
import type { Reports } from './reports';
import { showUnavailable } from './userMessage';
import { formatLatency, plainText, serverName } from './words';

export async function ping(session: Session): Promise<void> {
  const { latencyMs } = await session.ping();
  const { latency, server } = session.snapshot;
  void window.showInformationMessage(
    l10n.t(
      'Ping: {0} answered in {1} (median of {2}: {3})',
      serverName(server),
      formatLatency(latencyMs) ?? '–',
      latency?.count ?? 0,
      formatLatency(latency?.p50Ms) ?? '–',
    ),
  );
}

/** Opens what is known, also when the server does not answer; its error is then told besides. */
export async function showStatus(session: Session, reports: Reports, logger: Logger): Promise<void> {
  try {
    await session.status();
  } finally {
    const { snapshot } = session;
    logger.info(`metrics: ${JSON.stringify({ ...snapshot.metrics, latency: snapshot.latency })}`);
    await reports.show('Status', statusDocument(snapshot, new Date()));
  }
}

export async function selectServer(current: Server): Promise<void> {
  if (!workspace.isTrusted) {
    return showUnavailable(
      l10n.t('The server cannot be changed while the workspace is not trusted.'),
      'workbench.trust.manage',
    );
  }
  const builtIn = {
    label: l10n.t('Built-in engine'),
    detail: l10n.t('Crawls from this computer: no server, no account, no key'),
  };
  const other = {
    label: l10n.t('RipTide server…'),
    detail: current.kind === 'remote' ? current.address : l10n.t('Crawls from a server that you name'),
  };
  const picked = await window.showQuickPick([builtIn, other], {
    title: l10n.t('RipTide: Select Server'),
    placeHolder: l10n.t('Now: {0}', serverName(current)),
  });
  if (picked === undefined) return;
  const address = picked === builtIn ? '' : await askForAddress(current);
  if (address === undefined) return;
  const settings = workspace.getConfiguration('riptide');
  // Where the workspace has an address of its own, the user's would change nothing.
  const isOfWorkspace = settings.inspect('server.url')?.workspaceValue !== undefined;
  const target = isOfWorkspace ? ConfigurationTarget.Workspace : ConfigurationTarget.Global;
  await settings.update('server.url', address, target);
}

export async function setApiKey(server: Server, apiKeys: ApiKeys, session: Session): Promise<void> {
  if (server.kind === 'built-in') {
    return showUnavailable(
      l10n.t('The built-in engine needs no API key. Select a RipTide server to set its key.'),
      'riptide.selectServer',
    );
  }
  const key = await window.showInputBox({
    title: l10n.t('RipTide: API Key'),
    prompt: l10n.t('For {0}. Leave empty to remove the key.', server.address),
    password: true,
    ignoreFocusOut: true,
  });
  if (key === undefined) return;
  if (key.trim() === '') await apiKeys.delete(server.address);
  else await apiKeys.store(server.address, key.trim());
  await session.disconnect();
}

export async function restartEngine(engine: EngineProcess, session: Session): Promise<void> {
  if (session.server.kind === 'remote') {
    return showUnavailable(
      l10n.t('A RipTide server is in use, so there is no engine to restart.'),
      'riptide.selectServer',
    );
  }
  await engine.restart();
  await session.connect();
}

async function askForAddress(current: Server): Promise<string | undefined> {
  const address = await window.showInputBox({
    title: l10n.t('RipTide: Server Address'),
    prompt: l10n.t('Where the RipTide server listens'),
    placeHolder: 'https://riptide.example.com',
    value: current.kind === 'remote' ? current.address : '',
    ignoreFocusOut: true,
    validateInput: (value) => {
      try {
        socketUrl(value.trim());
        return undefined;
      } catch (error) {
        return plainText((error as Error).message);
      }
    },
  });
  return address?.trim();
}
