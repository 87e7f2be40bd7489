import type { Logger } from '../../base/logger';
import { isLoopbackHost } from './addressRules';
import type { Robots } from './robots';

/** More hosts than that are told of again, rather than remembered for ever. */
const maxHosts = 1_000;

/** How long a host is left alone between two requests: as long as we want, or it does. */
export class HostDelays {
  private readonly told = new Set<string>();

  constructor(
    private readonly ownMs: number,
    private readonly logger: Logger | null,
  ) {}

  /** The first time that a host wants longer, this is logged, since its pages come slower than people expect. */
  delayMs({ host, hostname }: URL, { crawlDelayMs }: Robots): number {
    // This machine's own hosts are not spared, whatever they ask for.
    if (crawlDelayMs <= this.ownMs || isLoopbackHost(hostname)) return this.ownMs;
    if (this.logger && !this.told.has(host)) {
      if (this.told.size >= maxHosts) this.told.clear();
      this.told.add(host);
      const [asked, own] = [crawlDelayMs / 1000, this.ownMs / 1000];
      this.logger.info(`The robots.txt of ${host} has us wait ${asked} s between two pages, not ${own} s.`);
    }
    return crawlDelayMs;
  }
}
