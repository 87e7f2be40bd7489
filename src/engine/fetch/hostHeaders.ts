import type { HostHeader } from '../fetchSettings';
import { isLoopbackHost } from './addressRules';

/** Request headers that the user has set for single hosts. */
export class HostHeaders {
  private readonly headers: readonly HostHeader[];

  constructor(headers: readonly HostHeader[]) {
    this.headers = headers;
  }

  /** By name; to be asked anew for each hop, since no other host may see them. */
  headersFor(url: URL): Record<string, string> {
    if (this.headers.length === 0) return {};
    const isSafe = url.protocol === 'https:' || isLoopbackHost(url.hostname);
    const port = url.port || (url.protocol === 'https:' ? '443' : '80');
    const hosts = [url.host, `${url.hostname}:${port}`];
    return Object.fromEntries(
      this.headers
        .filter(({ host, isSecret }) => hosts.includes(host) && (isSafe || !isSecret))
        .map(({ name, value }) => [name, value]),
    );
  }
}
