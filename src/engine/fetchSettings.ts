/** Which pages an installed browser renders before they are read: those that have no text without scripts, or all. */
export const renderPagesValues = ['never', 'when-needed', 'always'] as const;

export type RenderPages = (typeof renderPagesValues)[number];

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
}

export const defaultFetchSettings: FetchSettings = {
  userAgent: 'RipTide-VSCode/0.1 (+https://github.com/riptide/riptide-vscode)',
  timeoutMs: 30_000,
  concurrency: 5,
  perHost: 2,
  delayMs: 500,
  obeyRobots: true,
  renderPages: 'never',
  browserPath: '',
};
