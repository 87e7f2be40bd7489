import { CookieJar } from 'tough-cookie';

/** More would cost memory for nothing: no server reads a longer header. */
const maxCookies = 50;
const maxHeaderBytes = 8 * 1024;
const maxCookieBytes = 4 * 1024;

/** The cookies of one crawl, which no other crawl gets to see. */
export class CrawlCookies {
  private readonly jar = new CookieJar(undefined, { rejectPublicSuffixes: true, looseMode: true });

  /** Most sites set none, and to ask the jar takes longer than all else about a request. */
  private isEmpty = true;

  /** The `Cookie` header for a request; empty when there is none. */
  headerFor(url: URL): string {
    if (this.isEmpty) return '';
    const cookies = this.jar.getCookiesSync(url.href).slice(0, maxCookies);
    const pairs: string[] = [];
    let bytes = 0;
    for (const cookie of cookies) {
      const pair = cookie.cookieString();
      bytes += pair.length + 2;
      if (bytes > maxHeaderBytes) break;
      if (/^[\x20-\x7e]*$/.test(pair)) pairs.push(pair);
    }
    return pairs.join('; ');
  }

  /** Keeps what an answer sets, where its host may set that. */
  take(url: URL, setCookies: readonly string[] | undefined): void {
    for (const line of setCookies?.slice(0, maxCookies) ?? []) {
      if (line.length > maxCookieBytes) continue;
      this.isEmpty = false;
      this.jar.setCookieSync(line, url.href, { ignoreError: true });
    }
  }
}
