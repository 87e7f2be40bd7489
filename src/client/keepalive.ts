const pingIntervalMs = 30_000;
const answerTimeoutMs = 10_000;

/** Notices within 40 s that an idle connection is dead, which TCP alone may never tell. */
export class Keepalive {
  private readonly ping: () => void;
  private readonly onDead: (silentMs: number) => void;
  private readonly interval: NodeJS.Timeout;
  private deadline: NodeJS.Timeout | undefined;

  constructor(ping: () => void, onDead: (silentMs: number) => void) {
    this.ping = ping;
    this.onDead = onDead;
    this.interval = setTimeout(() => this.ask(), pingIntervalMs);
  }

  /** Bytes arrived: whatever they are, the other end lives. */
  touch(): void {
    clearTimeout(this.deadline);
    this.deadline = undefined;
  }

  stop(): void {
    clearTimeout(this.interval);
    clearTimeout(this.deadline);
  }

  private ask(): void {
    this.interval.refresh();
    this.deadline ??= setTimeout(() => this.onDead(answerTimeoutMs), answerTimeoutMs);
    this.ping();
  }
}
