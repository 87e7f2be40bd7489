import { EventEmitter, l10n, ThemeIcon, TreeItem, window, type TreeDataProvider } from 'vscode';
import type { Session } from '../app/session';
import type { Disposable } from '../base/emitter';
import { throttle } from '../base/throttle';
import { sessionViewId } from './contributions';
import { stateText } from './statusItem';
import { formatDuration, formatLatency, serverName } from './words';

interface Row {
  id: string;
  label: string;
  value: string;
  icon: string;
}

/** The Session view: what is known of the server in use. */
export class SessionTree implements TreeDataProvider<Row>, Disposable {
  private readonly session: Session;
  private readonly changed = new EventEmitter<undefined>();
  private readonly refresh = throttle(250, () => this.changed.fire(undefined));
  private readonly disposables: Disposable[];

  readonly onDidChangeTreeData = this.changed.event;

  constructor(session: Session) {
    this.session = session;
    this.disposables = [
      session.onDidChange(this.refresh),
      window.registerTreeDataProvider(sessionViewId, this),
      this.refresh,
      this.changed,
    ];
  }

  getTreeItem(row: Row): TreeItem {
    const item = new TreeItem(row.label);
    item.id = row.id;
    item.description = row.value;
    item.tooltip = `${row.label}: ${row.value}`;
    item.iconPath = new ThemeIcon(row.icon);
    item.accessibilityInformation = { label: item.tooltip };
    return item;
  }

  getChildren(row?: Row): Row[] {
    return row ? [] : this.rows();
  }

  dispose(): void {
    for (const disposable of this.disposables) disposable.dispose();
  }

  private rows(): Row[] {
    const snapshot = this.session.snapshot;
    const { connection, engine, latency, metrics, status } = snapshot;
    const none = '–';
    const open = connection.kind === 'open' ? connection : null;
    const failure =
      connection.kind === 'closed'
        ? connection.error?.message
        : snapshot.server.kind === 'built-in' && engine.kind === 'crashed'
          ? engine.message
          : null;
    return [
      { id: 'server', label: l10n.t('Server'), value: serverName(snapshot.server), icon: 'server' },
      { id: 'state', label: l10n.t('State'), value: failure ?? stateText(snapshot), icon: 'plug' },
      { id: 'sessionId', label: l10n.t('Session ID'), value: open?.sessionId ?? none, icon: 'key' },
      {
        id: 'latency',
        label: l10n.t('Latency'),
        value:
          latency && latency.count > 0
            ? l10n.t(
                'last {0}, p50 {1}, p95 {2}, jitter {3}, lost {4} of {5}',
                formatLatency(latency.lastMs) ?? none,
                formatLatency(latency.p50Ms) ?? none,
                formatLatency(latency.p95Ms) ?? none,
                formatLatency(latency.jitterMs) ?? none,
                latency.lost,
                latency.count + latency.lost,
              )
            : none,
        icon: 'pulse',
      },
      {
        id: 'connectTime',
        label: l10n.t('Time to connect'),
        value: formatLatency(open?.connectMs) ?? none,
        icon: 'debug-step-into',
      },
      {
        id: 'firstResult',
        label: l10n.t('First result'),
        value:
          metrics.firstResult.count > 0
            ? l10n.t(
                'p50 {0}, p95 {1}',
                formatLatency(metrics.firstResult.p50Ms) ?? none,
                formatLatency(metrics.firstResult.p95Ms) ?? none,
              )
            : none,
        icon: 'rocket',
      },
      {
        id: 'messages',
        label: l10n.t('Messages'),
        value: l10n.t(
          '{0}, {1} MB, decoding {2}',
          metrics.messages,
          (metrics.bytes / 1e6).toFixed(1),
          formatLatency(metrics.decode.p50Ms) ?? none,
        ),
        icon: 'comment',
      },
      {
        id: 'recovery',
        label: l10n.t('Recovery'),
        value: l10n.t(
          '{0} reconnects, {1} URLs resent, {2} results recovered, {3} ignored',
          metrics.reconnects,
          metrics.resentUrls,
          metrics.recoveredResults,
          metrics.ignoredResults,
        ),
        icon: 'history',
      },
      {
        id: 'queue',
        label: l10n.t('Queue'),
        value: snapshot.isReadingPaused
          ? l10n.t('{0} now, reading paused: storage is behind', metrics.unreadEvents)
          : l10n.t('{0} now, {1} at most', metrics.unreadEvents, metrics.mostUnreadEvents),
        icon: 'layers',
      },
      {
        id: 'health',
        label: l10n.t('Health'),
        value: status
          ? l10n.t(
              '{0}, backpressure {1}',
              status.is_healthy ? l10n.t('healthy') : l10n.t('unhealthy'),
              status.backpressure_count,
            )
          : none,
        icon: 'heart',
      },
      {
        id: 'uptime',
        label: l10n.t('Uptime'),
        value: open ? formatDuration(Date.now() - open.sinceMs) : none,
        icon: 'clock',
      },
    ];
  }
}
