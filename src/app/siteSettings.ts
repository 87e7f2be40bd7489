import { siteScopes, siteStrategies, type SiteOptions } from '../protocol/messages';
import type { ReadSetting } from './settings';

/** Values outside are taken for the nearest inside. */
export const siteLimits = {
  depth: { min: 0, max: 50 },
  pages: { min: 1, max: 100_000 },
  minutes: { min: 1, max: 1_440 },
} as const;

const defaults = { depth: 3, pages: 500, minutes: 30 };

const minuteMs = 60_000;

/** How far a site crawl goes, unless its user says otherwise. */
export function readSiteOptions(read: ReadSetting): SiteOptions {
  return {
    max_depth: within(siteLimits.depth, read('site.maxDepth')) ?? defaults.depth,
    max_pages: within(siteLimits.pages, read('site.maxPages')) ?? defaults.pages,
    max_duration_ms: (within(siteLimits.minutes, read('site.maxMinutes')) ?? defaults.minutes) * minuteMs,
    scope: siteScopes.find((scope) => scope !== 'list' && scope === read('site.scope')) ?? 'host',
    allowed_hosts: [],
    include: patterns(read('site.include')),
    exclude: patterns(read('site.exclude')),
    use_sitemaps: read('site.useSitemaps') !== false,
    strategy: siteStrategies.find((strategy) => strategy === read('site.strategy')) ?? 'breadth-first',
    is_dry_run: false,
  };
}

function patterns(value: unknown): string[] {
  if (!Array.isArray(value)) return [];
  return value.filter((item): item is string => typeof item === 'string' && item.trim() !== '');
}

function within({ min, max }: { min: number; max: number }, value: unknown): number | null {
  if (typeof value !== 'number' || !Number.isFinite(value)) return null;
  return Math.min(max, Math.max(min, Math.round(value)));
}
