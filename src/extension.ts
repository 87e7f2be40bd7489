import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { window, workspace, type ExtensionContext } from 'vscode';
import type { CrawlHandle, RipTideApi } from './app/api';
import { Crawls, type StartedCrawl } from './app/crawls';
import { readNetwork } from './app/editorNetwork';
import { readFetchProxy } from './app/fetchProxy';
import { readHostHeaders } from './app/hostHeaders';
import { EngineProcess } from './app/engineProcess';
import { Session } from './app/session';
import {
  readAuthentication,
  readFetchSettings,
  readHeaders,
  readMaxMessageBytes,
  readTransport,
  readResumeInterrupted,
  readServer,
  type ReadSetting,
} from './app/settings';
import { withReach } from './app/urlSource';
import type { FetchSettings } from './engine/fetchSettings';
import { decodePanelMemory } from './panel/panelMemory';
import type { CrawlStore } from './store/crawlStore';
import { ApiKeys } from './vscode/apiKeys';
import { registerCommands } from './vscode/commands';
import { pageScheme, resultsPanelType } from './vscode/contributions';
import { CrawledPages } from './vscode/crawledPages';
import { CrawlsTree } from './vscode/crawlsTree';
import { Log } from './vscode/log';
import { PageFiles } from './vscode/pageFiles';
import { askAboutFailing } from './vscode/failingQuestion';
import { RequestSecrets } from './vscode/requestSecrets';
import { offerToResume } from './vscode/resumeOffer';
import { Reports } from './vscode/reports';
import { SessionTree } from './vscode/sessionTree';
import { SiteMemory } from './vscode/siteMemory';
import { StatusItem } from './vscode/statusItem';

/** Activation's own time is over by then. */
const resumeOfferDelayMs = 2_000;

/** What must end in order when the editor closes. */
let shutDown: () => Promise<void> = () => Promise.resolve();

/** Builds the parts and wires them; nothing is opened, connected or started before somebody asks. */
export function activate(context: ExtensionContext): RipTideApi {
  const { extensionUri, globalState, globalStorageUri, secrets, subscriptions, workspaceState } = context;
  const databasePath = join(globalStorageUri.fsPath, 'crawls.db');
  const bundle = (name: string): string => join(extensionUri.fsPath, 'dist', name);
  const readSetting: ReadSetting = (name) => workspace.getConfiguration('riptide').get(name);

  const log = new Log();
  const apiKeys = new ApiKeys(secrets);
  const requestSecrets = new RequestSecrets(secrets);
  const readEngineSettings = async (): Promise<FetchSettings> => ({
    ...readFetchSettings(readSetting),
    proxy: readFetchProxy((name) => workspace.getConfiguration('http').get(name), process.env),
    headers: await readHostHeaders(
      readSetting('engine.headers'),
      (name) => requestSecrets.read(name),
      (message) => log.warn(message),
    ),
  });
  const engine = new EngineProcess(bundle('engine.js'), readEngineSettings, log);
  const session = new Session({
    engine,
    readServer: () => readServer(readSetting),
    readApiKey: (address) => apiKeys.read(address),
    readAccess: (address) => ({
      authentication: readAuthentication(readSetting),
      headers: readHeaders(readSetting),
      network: readNetwork((name) => workspace.getConfiguration('http').get(name), process.env, address),
    }),
    maxMessageBytes: () => readMaxMessageBytes(readSetting),
    transport: () => readTransport(readSetting),
    logger: log,
  });

  let store: Promise<CrawlStore> | null = null;
  const openStore = (): Promise<CrawlStore> => {
    store ??= import('./store/crawlStore')
      .then(({ CrawlStore }) =>
        CrawlStore.open({
          path: databasePath,
          workerPath: bundle('storeWorker.js'),
        }),
      )
      .then(
        (opened) => {
          opened.onDidChange(({ crawlId, indexes }) => {
            crawlsTree.refresh();
            pages.refresh(crawlId);
            pageFiles.announce(crawlId, indexes);
          });
          return opened;
        },
        (error: unknown) => {
          // The next try may find the file closed, the disk emptied.
          store = null;
          throw error;
        },
      );
    return store;
  };

  const crawls = new Crawls(openStore, session, log, askAboutFailing);
  const pages = new CrawledPages(crawls, openStore, extensionUri);
  const siteMemory = new SiteMemory(workspaceState, readSetting);
  const pageFiles = new PageFiles(openStore);
  const crawlsTree = new CrawlsTree(openStore);
  const reports = new Reports();

  subscriptions.push(
    log,
    session,
    pageFiles,
    crawlsTree,
    reports,
    new SessionTree(session),
    new StatusItem(session, crawls),
    ...registerCommands({ pages, session, siteMemory, engine, apiKeys, requestSecrets, reports, log }),
    workspace.registerFileSystemProvider(pageScheme, pageFiles, { isReadonly: true, isCaseSensitive: true }),
    window.registerWebviewPanelSerializer(resultsPanelType, {
      deserializeWebviewPanel: (panel, state: unknown) => {
        const memory = decodePanelMemory(state);
        if (memory) pages.adoptPanel(memory.crawlId, panel);
        else panel.dispose();
        return Promise.resolve();
      },
    }),
    workspace.onDidChangeConfiguration((change) => {
      const isServerElsewhere =
        change.affectsConfiguration('riptide.server') ||
        change.affectsConfiguration('riptide.transport') ||
        change.affectsConfiguration('http');
      if (isServerElsewhere) void session.disconnect();
      // An engine keeps the settings that it was started with; crawls go on with the next one.
      if (change.affectsConfiguration('riptide.engine') || change.affectsConfiguration('http'))
        void engine.stop();
    }),
  );

  // Nobody waits for this, and most windows have nothing to resume.
  const offer = setTimeout(() => {
    if (!existsSync(databasePath)) return;
    const resumeInterrupted = readResumeInterrupted(readSetting);
    offerToResume(pages, globalState, resumeInterrupted).catch((error: unknown) => {
      log.warn(`resume: ${error instanceof Error ? error.message : String(error)}`);
    });
  }, resumeOfferDelayMs);
  subscriptions.push({ dispose: () => clearTimeout(offer) });

  shutDown = async () => {
    crawls.stopAll('interrupted');
    await engine.stop();
    await (await store)?.close();
  };

  const handleOf = async ({ id, ended }: StartedCrawl): Promise<CrawlHandle> => {
    const opened = await openStore();
    return { id, ended, cancel: () => crawls.stop(id, 'cancelled'), pages: () => opened.readPages(id) };
  };

  return {
    crawl: async (urls, options = {}, source) =>
      handleOf(await pages.start(urls, withReach(options, source))),
    crawlSite: async (seeds, site, source) =>
      handleOf(await pages.startSite(seeds, withReach({ ...siteMemory.settings, ...site }, source))),
    ping: () => session.ping(),
    status: () => session.status(),
    metrics: () => ({ ...session.snapshot.metrics, latency: session.snapshot.latency }),
  };
}

export function deactivate(): Promise<void> {
  return shutDown();
}
