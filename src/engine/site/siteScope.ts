import { getDomain } from 'tldts';
import type { SiteOptions } from '../../protocol/messages';
import { bareHost } from '../fetch/addressRules';

export type IsInScope = (url: URL) => boolean;

/** How far a crawl of these seeds may go. */
export function scopeOf({ scope, allowed_hosts }: SiteOptions, seeds: readonly URL[]): IsInScope {
  switch (scope) {
    case 'page': {
      const pages = new Set(seeds.map(pageOf));
      return (url) => pages.has(pageOf(url));
    }
    case 'path': {
      const folders = [...new Set(seeds.map(folderOf))];
      return (url) => {
        const page = siteOf(url) + url.pathname;
        return folders.some((folder) => page.startsWith(folder) || `${page}/` === folder);
      };
    }
    case 'host': {
      const sites = new Set(seeds.map(siteOf));
      return (url) => sites.has(siteOf(url));
    }
    case 'domain': {
      const domains = new Set(seeds.map(domainOf));
      return (url) => domains.has(domainOf(url));
    }
    case 'list': {
      const hosts = new Set(allowed_hosts.map(listed));
      return (url) => hosts.has(bareHost(url.hostname)) || hosts.has(siteOf(url)) || hosts.has(url.host);
    }
  }
}

/** Whether a host of the list can be one. */
export function isHost(host: string): boolean {
  const spelled = listed(host);
  return !/[/?#@\\\s]/.test(host.trim()) && URL.canParse(`http://${spelled}/`);
}

/** Host and port, where most sites are the same with and without `www.`, by HTTP and by HTTPS. */
function siteOf({ host }: URL): string {
  return host.replace(/^www\./, '').replace(/\.(?=$|:)/, '');
}

function pageOf(url: URL): string {
  return siteOf(url) + url.pathname + url.search;
}

function folderOf(url: URL): string {
  return siteOf(url) + url.pathname.slice(0, url.pathname.lastIndexOf('/') + 1);
}

/** What somebody could register, such as `example.co.uk` or `user.github.io`; else the host with its port. */
function domainOf(url: URL): string {
  return getDomain(url.hostname, { allowPrivateDomains: true }) ?? siteOf(url);
}

/** As the parser of URLs would spell it. */
function listed(host: string): string {
  const trimmed = host.trim();
  return URL.canParse(`http://${trimmed}/`)
    ? new URL(`http://${trimmed}/`).host.replace(/\.(?=$|:)/, '')
    : trimmed;
}
