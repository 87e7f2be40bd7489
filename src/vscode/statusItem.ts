import { l10n, MarkdownString, StatusBarAlignment, ThemeColor, window } from 'vscode';
import type { Wait } from '../app/crawlRun';
import type { Crawls } from '../app/crawls';
import type { Session, SessionSnapshot } from '../app/session';
import type { Disposable } from '../base/emitter';
import { throttle } from '../base/throttle';
import type { CommandId } from './contributions';
import { formatDuration, formatLatency, serverName } from './words';

/** One item: progress while crawling, else the latency to the server, else the engine's state. */
export class StatusItem implements Disposable {
  private readonly item = window.createStatusBarItem('riptide.status', StatusBarAlignment.Left, 0);
  private readonly session: Session;
  private readonly crawls: Crawls;
  private readonly update = throttle(100, () => this.draw());
  private readonly listeners: Disposable[];

  constructor(session: Session, crawls: Crawls) {
    this.session = session;
    this.crawls = crawls;
    this.item.name = 'RipTide';
    this.item.command = 'riptide.showMenu' satisfies CommandId;
    this.listeners = [session.onDidChange(this.update), crawls.onDidChange(this.update)];
    this.update();
    this.item.show();
  }

  dispose(): void {
    for (const listener of this.listeners) listener.dispose();
    this.update.dispose();
    this.item.dispose();
  }

  private draw(): void {
    const snapshot = this.session.snapshot;
    const { done, total } = this.crawls.progress;
    const isCrawling = this.crawls.runningIds.length > 0;
    const wait = isCrawling ? waitText(this.crawls.wait) : null;
    const icon = wait === null ? '$(sync~spin)' : '$(watch)';
    this.item.text = isCrawling
      ? `${icon} ${done}/${total}${wait === null ? '' : ` · ${wait}`}`
      : idleText(snapshot);
    this.item.accessibilityInformation = {
      label: isCrawling
        ? l10n.t('RipTide: {0} of {1} pages crawled', done, total)
        : `RipTide: ${stateText(snapshot)}`,
    };
    this.item.backgroundColor = isBroken(snapshot)
      ? new ThemeColor('statusBarItem.errorBackground')
      : undefined;
    this.item.tooltip = tooltip(snapshot);
  }
}

/** Shorter waits are over before anybody has read of them. */
const shortestShownWaitMs = 2_000;

function waitText(wait: Wait | null): string | null {
  if (wait === null || wait.untilMs - Date.now() < shortestShownWaitMs) return null;
  const time = new Date(wait.untilMs).toLocaleTimeString();
  return wait.reason === 'rate-limited'
    ? l10n.t('the server is busy, again at {0}', time)
    : l10n.t('connecting again at {0}', time);
}

function idleText(snapshot: SessionSnapshot): string {
  if (isBroken(snapshot)) return `$(warning) RipTide: ${stateText(snapshot)}`;
  if (snapshot.engine.kind === 'starting' || snapshot.connection.kind === 'connecting') {
    return `$(loading~spin) RipTide: ${stateText(snapshot)}`;
  }
  const latency = formatLatency(snapshot.latency?.p50Ms);
  return latency === null ? `$(globe) RipTide: ${stateText(snapshot)}` : `$(pulse) RipTide ${latency}`;
}

function isBroken(snapshot: SessionSnapshot): boolean {
  if (snapshot.server.kind === 'built-in' && snapshot.engine.kind === 'crashed') return true;
  return snapshot.connection.kind === 'closed' && snapshot.connection.error !== undefined;
}

/** What the server in use is doing, in a word or two. */
export function stateText(snapshot: SessionSnapshot): string {
  const { server, engine, connection } = snapshot;
  if (server.kind === 'built-in' && engine.kind === 'crashed') return l10n.t('engine stopped unexpectedly');
  if (server.kind === 'built-in' && engine.kind === 'starting') return l10n.t('starting engine');
  if (connection.kind === 'connecting') return l10n.t('connecting');
  if (connection.kind === 'open') return l10n.t('connected');
  if (connection.kind === 'closed' && connection.error !== undefined) return l10n.t('not reachable');
  if (server.kind === 'built-in') {
    return engine.kind === 'ready' ? l10n.t('engine ready') : l10n.t('engine off');
  }
  return l10n.t('not connected');
}

function tooltip(snapshot: SessionSnapshot): MarkdownString {
  const { connection, latency, status } = snapshot;
  const text = new MarkdownString('', true);
  // Only these may be run from the links below; what servers say is shown as text.
  text.isTrusted = {
    enabledCommands: [
      'riptide.crawlUrls',
      'riptide.ping',
      'riptide.showStatus',
      'riptide.showLog',
    ] satisfies CommandId[],
  };
  const row = (name: string, value: string | null): void => {
    if (value === null) return;
    text.appendMarkdown(`**${name}** `).appendText(value).appendMarkdown('  \n');
  };
  row('RipTide', stateText(snapshot));
  row(l10n.t('Server'), serverName(snapshot.server));
  if (connection.kind === 'open') row(l10n.t('Session'), connection.sessionId);
  row(
    l10n.t('Latency'),
    latency && latency.count > 0
      ? l10n.t('p50 {0}, p95 {1}', formatLatency(latency.p50Ms) ?? '–', formatLatency(latency.p95Ms) ?? '–')
      : null,
  );
  row(l10n.t('Messages'), String(snapshot.metrics.messages));
  row(l10n.t('Backpressure'), status ? String(status.backpressure_count) : null);
  if (connection.kind === 'open') row(l10n.t('Uptime'), formatDuration(Date.now() - connection.sinceMs));
  const link = (label: string, command: CommandId): string => `[${label}](command:${command})`;
  text.appendMarkdown(
    `\n---\n${[
      link(l10n.t('Crawl URLs…'), 'riptide.crawlUrls'),
      link(l10n.t('Ping'), 'riptide.ping'),
      link(l10n.t('Status'), 'riptide.showStatus'),
      link(l10n.t('Log'), 'riptide.showLog'),
    ].join(' · ')}`,
  );
  return text;
}
