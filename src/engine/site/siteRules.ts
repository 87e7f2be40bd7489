import type { FoundPage, SiteOptions } from '../../protocol/messages';
import { maxUrlBytes } from '../../protocol/limits';
import { judgeHost, type Reach } from '../fetch/addressRules';
import { scopeOf, type IsInScope } from './siteScope';
import { readPattern } from './urlPattern';

export type Skip = NonNullable<FoundPage['skipped']>;

/** What browsers show otherwise than as a page, or not at all; PDFs have text. */
const fileNames =
  /\.(?:avif|bmp|gif|ico|jpe?g|jxl|png|svgz?|tiff?|webp|3gp|aac|avi|flac|m4[av]|midi?|mkv|mov|mp[34]|mpe?g|og[agv]|opus|wav|web[am]|wm[av]|7z|apk|bz2|cab|deb|dmg|exe|gz|iso|jar|msi|pkg|rar|rpm|tar|tgz|whl|xz|zip|zst|css|m?js|map|wasm|eot|otf|ttf|woff2?|docx?|epub|mobi|od[pst]|pptx?|xlsx?|bin|dll|so|sqlite|parquet|ics|torrent)$/i;

/** Those rules of a site crawl that need to know nothing but a found URL. */
export class SiteRules {
  private isInScope: IsInScope;
  private readonly include: ((url: string) => boolean)[];
  private readonly exclude: { pattern: string; matches: (url: string) => boolean }[];
  private readonly origins: ReadonlySet<string>;

  /** @throws {PatternError} */
  constructor(
    private readonly site: SiteOptions,
    private readonly seeds: URL[],
  ) {
    this.isInScope = scopeOf(site, seeds);
    this.include = site.include.map(readPattern);
    this.exclude = site.exclude.map((pattern) => ({ pattern, matches: readPattern(pattern) }));
    this.origins = new Set(site.public_only === true ? [] : seeds.map(({ origin }) => origin));
  }

  /** Where a seed leads by a redirect, its user means to go as well. */
  widenScope(url: URL): void {
    this.seeds.push(url);
    this.isInScope = scopeOf(this.site, this.seeds);
  }

  /** Who typed the address of a server in the private network means that server, and no other there. */
  reachOf(url: URL): Reach {
    return this.origins.has(url.origin) ? 'any' : 'public';
  }

  /** The first rule that leaves the URL out. */
  judge(url: URL): Skip | null {
    const { href, pathname, hostname } = url;
    if (fileNames.test(pathname)) return skip('not-a-page', `It ends like a file that is no page of text`);
    if (href.length > maxUrlBytes)
      return skip('trap', `It is ${href.length} characters long, over ${maxUrlBytes}`);
    if (!this.isInScope(url)) return skip('scope', `It is outside of the crawl's scope`);
    if (this.reachOf(url) === 'public' && (judgeHost(hostname) ?? 'public') !== 'public') {
      const message = `${hostname} is a private address, which only a URL of the user's own may lead to`;
      return skip('private-address', message);
    }
    const excluded = this.exclude.find(({ matches }) => matches(href));
    if (excluded) return skip('exclude', `It matches ${excluded.pattern}, which is excluded`);
    if (this.include.length > 0 && !this.include.some((matches) => matches(href))) {
      return skip('include', 'It matches none of the patterns to be included');
    }
    return null;
  }
}

export function skip(rule: Skip['rule'], message: string): Skip {
  return { rule, message: `${message}.` };
}
