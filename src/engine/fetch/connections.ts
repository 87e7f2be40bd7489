import { promises as dns, type LookupAddress } from 'node:dns';
import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import type { LookupFunction } from 'node:net';
import { CrawlFailure } from '../crawlFailure';
import { isLocalhostName, judgeAddress, judgeHost, type AddressKind, type Reach } from './addressRules';

/** All addresses of a name; rejects as `dns.lookup` does. */
export type Resolve = (hostname: string) => Promise<LookupAddress[]>;

export const resolveBySystem: Resolve = (hostname) => dns.lookup(hostname, { all: true });

const idleMs = 15_000;

/**
 * Keep-alive connections that only ever lead to permitted addresses: an address is judged in the look-up whose
 * result the socket then connects to, so a name cannot change in between.
 */
export class Connections {
  // A pool for each reach: a pooled connection skips the look-up, so one opened to a private address for the URL
  // that was asked for must never be lent to a redirect.
  private readonly pools: Record<Reach, { http: HttpAgent; https: HttpsAgent }>;

  constructor(resolve: Resolve) {
    this.pools = { any: createPool(resolve, 'any'), public: createPool(resolve, 'public') };
  }

  /** @throws {CrawlFailure} `blocked-address`, when the URL itself names an address out of reach. */
  agentFor(url: URL, reach: Reach): HttpAgent {
    refuseOutOfReach(url.hostname, reach);
    return url.protocol === 'https:' ? this.pools[reach].https : this.pools[reach].http;
  }

  dispose(): void {
    for (const pool of Object.values(this.pools)) {
      pool.http.destroy();
      pool.https.destroy();
    }
  }
}

/**
 * An address literal never reaches the look-up, so it is judged here.
 *
 * @throws {CrawlFailure} `blocked-address`.
 */
export function refuseOutOfReach(hostname: string, reach: Reach): void {
  const kind = judgeHost(hostname);
  if (kind !== null && !isWithin(kind, reach)) throw blocked(hostname, null, kind);
}

function createPool(resolve: Resolve, reach: Reach): { http: HttpAgent; https: HttpsAgent } {
  // The default of 250 ms for each of several addresses is too short for a far or sleepy host.
  const options = {
    keepAlive: true,
    timeout: idleMs,
    lookup: guardedLookup(resolve, reach),
    autoSelectFamilyAttemptTimeout: 1_000,
  };
  return { http: new HttpAgent(options), https: new HttpsAgent(options) };
}

/**
 * Judges a host that a proxy will look up by itself: by its literal, and by what it resolves to here. A name that is
 * known to the proxy alone cannot be judged, and passes.
 *
 * @throws {CrawlFailure} `blocked-address`.
 */
export async function refuseProxied(resolve: Resolve, hostname: string, reach: Reach): Promise<void> {
  refuseOutOfReach(hostname, reach);
  if (judgeHost(hostname) !== null) return;
  try {
    await resolvePermitted(resolve, hostname, reach);
  } catch (error) {
    if (error instanceof CrawlFailure) throw error;
  }
}

/** A look-up for a socket that yields permitted addresses, or fails as `blocked-address`. */
export function guardedLookup(resolve: Resolve, reach: Reach): LookupFunction {
  return (hostname, options, callback) => {
    resolvePermitted(resolve, hostname, reach).then(
      (addresses) => {
        const [first] = addresses;
        if (options.all === true) callback(null, addresses);
        else callback(null, first.address, first.family);
      },
      (error: unknown) => callback(error as NodeJS.ErrnoException, []),
    );
  };
}

async function resolvePermitted(
  resolve: Resolve,
  hostname: string,
  reach: Reach,
): Promise<[LookupAddress, ...LookupAddress[]]> {
  const addresses = await resolve(isLocalhostName(hostname) ? 'localhost' : hostname);
  for (const { address } of addresses) {
    const kind = judgeAddress(address);
    // One bad answer spoils all: a name that mixes them is set to lead somebody astray.
    if (!isWithin(kind, reach)) throw blocked(hostname, address, kind);
  }
  const [first, ...others] = addresses;
  if (!first) throw Object.assign(new Error('no address'), { code: 'ENOTFOUND' });
  return [first, ...others];
}

function isWithin(kind: AddressKind, reach: Reach): boolean {
  return kind === 'public' || (kind === 'private' && reach === 'any');
}

function blocked(hostname: string, address: string | null, kind: AddressKind): CrawlFailure {
  const host = address === null ? hostname : `${hostname} (${address})`;
  const message =
    kind === 'forbidden'
      ? `${host} is never fetched, whoever asks: clouds keep credentials at such addresses.`
      : `${host} is a private address. Only a URL that its user has typed may lead there, no redirect to another ` +
        `host or port and no program's own request: enter that URL if it is what you want.`;
  return new CrawlFailure('blocked-address', message);
}
