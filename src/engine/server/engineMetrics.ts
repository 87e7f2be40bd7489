import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import { monitorEventLoopDelay } from 'node:perf_hooks';

export const transports = ['websocket', 'ndjson', 'sse', 'http'] as const;

export type Transport = (typeof transports)[number];

const outcomes = ['succeeded', 'failed'] as const;

/** What the event loop's delay is sampled at; each sample's own wait is not a delay. */
const samplingMs = 20;

/** What the server counts about itself, in the text format of Prometheus. */
export class EngineMetrics {
  private readonly crawlsStarted = zeroes(transports);
  private readonly crawlsActive = zeroes(transports);
  private readonly pages = zeroes(outcomes);
  private readonly sockets = new Set<Socket>();
  private bytesOfClosedSockets = 0;
  private readonly loopDelay = monitorEventLoopDelay({ resolution: samplingMs });
  private isSampling = false;

  /** Counts the connections and bytes of `server`, its WebSockets' as well. */
  watch(server: Server): void {
    server.on('connection', (socket: Socket) => {
      // One whose upgrade was left aside comes a second time.
      if (this.sockets.has(socket)) return;
      this.sockets.add(socket);
      socket.once('close', () => {
        this.sockets.delete(socket);
        this.bytesOfClosedSockets += socket.bytesWritten;
      });
    });
  }

  crawlStarted(transport: Transport): void {
    this.crawlsStarted[transport] += 1;
    this.crawlsActive[transport] += 1;
  }

  crawlEnded(transport: Transport): void {
    this.crawlsActive[transport] -= 1;
  }

  pageEnded(outcome: (typeof outcomes)[number]): void {
    this.pages[outcome] += 1;
  }

  get openConnections(): number {
    return this.sockets.size;
  }

  toPrometheus(): string {
    return [
      metric('riptide_crawls_total', 'counter', 'Crawls started.', labelled('transport', this.crawlsStarted)),
      metric('riptide_crawls_active', 'gauge', 'Crawls under way.', labelled('transport', this.crawlsActive)),
      metric(
        'riptide_pages_total',
        'counter',
        'Pages of crawls by outcome; those that a cancelled crawl did not get to are left out.',
        labelled('outcome', this.pages),
      ),
      metric('riptide_sent_bytes_total', 'counter', 'Bytes written to connections.', {
        '': this.sentBytes(),
      }),
      metric('riptide_connections', 'gauge', 'Open connections, the one that asks included.', {
        '': this.openConnections,
      }),
      metric('process_resident_memory_bytes', 'gauge', 'Memory of the process, its threads included.', {
        '': process.memoryUsage.rss(),
      }),
      this.loopDelayMetric(),
    ].join('');
  }

  private sentBytes(): number {
    let bytes = this.bytesOfClosedSockets;
    for (const socket of this.sockets) bytes += socket.bytesWritten;
    return bytes;
  }

  /** Sampled from the first time it is asked for: an engine that nobody watches need not wake 50 times a second. */
  private loopDelayMetric(): string {
    const hasSamples = this.isSampling && this.loopDelay.count > 0;
    const p99Ms = Math.max(0, this.loopDelay.percentile(99) / 1e6 - samplingMs);
    if (this.isSampling) this.loopDelay.reset();
    else this.isSampling = this.loopDelay.enable();
    return metric(
      'riptide_event_loop_delay_seconds',
      'gauge',
      'Delay of the event loop since it was last asked for; missing the first time.',
      hasSamples ? { '{quantile="0.99"}': p99Ms / 1000 } : {},
    );
  }
}

function zeroes<Key extends string>(keys: readonly Key[]): Record<Key, number> {
  return Object.fromEntries(keys.map((key) => [key, 0])) as Record<Key, number>;
}

function labelled(label: string, values: Record<string, number>): Record<string, number> {
  return Object.fromEntries(Object.entries(values).map(([key, value]) => [`{${label}="${key}"}`, value]));
}

function metric(
  name: string,
  type: 'counter' | 'gauge',
  help: string,
  samples: Record<string, number>,
): string {
  const lines = Object.entries(samples).map(([labels, value]) => `${name}${labels} ${value}\n`);
  return `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n${lines.join('')}`;
}
