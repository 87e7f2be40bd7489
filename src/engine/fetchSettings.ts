import { version } from '../../package.json';

/** Which pages an installed browser renders before they are read: those that have no text without scripts, or all. */
export const renderPagesValues = ['never', 'when-needed', 'always'] as const;

export type RenderPages = (typeof renderPagesValues)[number];

/** A request header for one host and no other. */
export interface HostHeader {
  /** As a URL spells it, with each port that was named; without one, on the usual ports. */
  host: string;
  name: string;
  value: string;
  /** It is sent over TLS alone, and to this machine. */
  isSecret: boolean;
}

/** Where requests go first. */
export interface ProxySettings {
  /** http or https; a user name and password in it are for the proxy. */
  url: string;
  /** The `Proxy-Authorization` header, instead of what the URL says. */
  authorization: string | null;
  /** What is reached without it, as `isWithoutProxy` reads it. */
  bypass: readonly string[];
  /** Takes any certificate of the proxy's own. */
  acceptsAnyCertificate: boolean;
}

/** How the engine fetches; the extension's `riptide.engine.*` settings. */
export interface FetchSettings {
  /** Names the crawler to the sites it visits. */
  userAgent: string;
  /** For one page, from connecting to its last byte. */
  timeoutMs: number;
  /** Pages fetched at once, over all hosts. */
  concurrency: number;
  /** Pages fetched at once from one host. */
  perHost: number;
  /** Between the starts of two requests to one host. */
  delayMs: number;
  obeyRobots: boolean;
  renderPages: RenderPages;
  /** Of Chrome, Edge or Chromium; empty for one that is installed. */
  browserPath: string;
  headers: readonly HostHeader[];
  proxy: ProxySettings | null;
}

export const defaultFetchSettings: FetchSettings = {
  userAgent: `RipTide-VSCode/${version} (+https://github.com/riptide/riptide-vscode)`,
  timeoutMs: 30_000,
  concurrency: 5,
  perHost: 2,
  delayMs: 500,
  obeyRobots: true,
  renderPages: 'never',
  browserPath: '',
  headers: [],
  proxy: null,
};
