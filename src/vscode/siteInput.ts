import { InputBoxValidationSeverity, l10n, window, type QuickPickItem } from 'vscode';
import { findPatternFault } from '../app/patternFault';
import { siteLimits } from '../app/siteSettings';
import { findUrls, hostsOf, readUrlList } from '../app/urlList';
import { siteScopes, siteStrategies, type SiteOptions } from '../protocol/messages';
import { askChoice, askText, back, type Answer, type Judgement } from './askInSteps';
import { clipboardUrls, judgeUrls, selectedText } from './crawlInput';
import type { SiteMemory } from './siteMemory';
import { minutesOf, patternFaultText, patternsText, scopeText, strategyText, withMinutes } from './siteWords';

export interface SiteWish {
  seeds: string[];
  site: SiteOptions;
  /** To be shown only, not to be crawled. */
  isPreview: boolean;
}

type Step = (wish: SiteWish, step: { number: number; total: number }) => Promise<Answer<SiteWish>>;

/** Asks what to crawl, question by question, with the last answers filled in. Undefined when the user backs out. */
export async function askForSite(memory: SiteMemory, isPreview: boolean): Promise<SiteWish | undefined> {
  const steps: Step[] = [askSeeds, askScope, askDepth, askPages, askToGo];
  let wish: SiteWish = { seeds: [...memory.seeds], site: memory.options, isPreview };
  for (let at = 0; at < steps.length;) {
    const answer = await steps[at]?.(wish, { number: at + 1, total: steps.length });
    if (answer === undefined) return undefined;
    if (answer === back) {
      at -= 1;
    } else {
      wish = answer;
      at += 1;
    }
  }
  await memory.keep(wish.seeds, wish.site);
  return wish;
}

const title = (): string => l10n.t('RipTide: Crawl Site');

const askSeeds: Step = async (wish, step) => {
  const selected = findUrls(selectedText());
  const answer = await askText({
    ...{ title: title(), step },
    prompt: l10n.t('Where to begin: one or more URLs, separated by spaces'),
    placeholder: 'https://example.com/docs/',
    value: (selected.length > 0 ? selected : wish.seeds).join(' '),
    suggestion: clipboardUrls,
    judge: judgeUrls,
  });
  return typeof answer === 'string' ? { ...wish, seeds: readUrlList(answer).urls } : answer;
};

const askScope: Step = async (wish, step) => {
  const items = siteScopes.map((scope) => ({ ...scopeText(scope), scope }));
  const active = items.find(({ scope }) => scope === wish.site.scope);
  const placeholder = l10n.t('How far from the seeds may it go?');
  const picked = await askChoice({ title: title(), step, placeholder, items, active });
  if (picked === undefined || picked === back) return picked;
  const site = { ...wish.site, scope: picked.scope };
  return picked.scope === 'list' ? askHosts({ ...wish, site }) : { ...wish, site };
};

async function askHosts(wish: SiteWish): Promise<Answer<SiteWish>> {
  const { allowed_hosts: hosts } = wish.site;
  const answer = await askText({
    title: title(),
    prompt: l10n.t('Hosts that may be crawled, separated by spaces'),
    placeholder: 'docs.example.com example.org',
    value: (hosts.length > 0 ? hosts : hostsOf(wish.seeds)).join(' '),
    judge: (value) =>
      words(value).length === 0 ? problem(l10n.t('Enter at least one host, such as example.com')) : undefined,
  });
  if (typeof answer !== 'string') return answer;
  return { ...wish, site: { ...wish.site, allowed_hosts: words(answer) } };
}

const askDepth: Step = async (wish, step) => {
  const prompt = l10n.t('How many links away from a seed may a page be? 0 crawls the seeds alone.');
  const depth = await askNumber(prompt, wish.site.max_depth, siteLimits.depth, step);
  return typeof depth === 'number' ? { ...wish, site: { ...wish.site, max_depth: depth } } : depth;
};

const askPages: Step = async (wish, step) => {
  const prompt = l10n.t('How many pages at most?');
  const count = await askNumber(prompt, wish.site.max_pages, siteLimits.pages, step);
  return typeof count === 'number' ? { ...wish, site: { ...wish.site, max_pages: count } } : count;
};

const askToGo: Step = async (wish, step) => {
  const start = {
    label: `$(play) ${l10n.t('Start Crawl')}`,
    description: l10n.t('depth {0}, at most {1} pages', wish.site.max_depth, wish.site.max_pages),
  };
  const preview = {
    label: `$(eye) ${l10n.t('Preview')}`,
    description: l10n.t('shows what would be crawled'),
  };
  const more = { label: `$(settings) ${l10n.t('More…')}` };
  const items: QuickPickItem[] = wish.isPreview ? [preview, start, more] : [start, preview, more];
  for (let { site } = wish; ;) {
    const placeholder = wish.seeds.join(' ');
    const picked = await askChoice({ title: title(), step, placeholder, items });
    if (picked === undefined || picked === back) return picked;
    // Those of the settings nobody has judged yet.
    const fault = findPatternFault([...site.include, ...site.exclude]);
    if (picked !== more && !fault) return { ...wish, site, isPreview: picked === preview };
    if (picked !== more && fault) void window.showErrorMessage(patternFaultText(fault));
    site = await askMore(site);
  }
};

interface Detail extends QuickPickItem {
  ask?: (site: SiteOptions) => Promise<SiteOptions>;
}

/** Shows all that is seldom changed until the user goes back. */
async function askMore(options: SiteOptions): Promise<SiteOptions> {
  for (let site = options; ;) {
    const done: Detail = { label: `$(arrow-left) ${l10n.t('Done')}` };
    const items: Detail[] = [
      done,
      { label: l10n.t('Include'), description: patternsText(site.include), ask: askInclude },
      { label: l10n.t('Exclude'), description: patternsText(site.exclude), ask: askExclude },
      { label: l10n.t('Time limit'), description: l10n.t('{0} minutes', minutesOf(site)), ask: askMinutes },
      {
        label: l10n.t('Sitemaps'),
        description: site.use_sitemaps ? l10n.t('read') : l10n.t('not read'),
        ask: (current) => Promise.resolve({ ...current, use_sitemaps: !current.use_sitemaps }),
      },
      {
        label: l10n.t('Order'),
        description: strategyText(site.strategy),
        ask: (current) => Promise.resolve({ ...current, strategy: otherStrategy(current) }),
      },
    ];
    const picked = await askChoice({ title: title(), placeholder: l10n.t('What else?'), items });
    if (picked === undefined || picked === back || picked.ask === undefined) return site;
    site = await picked.ask(site);
  }
}

async function askInclude(site: SiteOptions): Promise<SiteOptions> {
  const prompt = l10n.t('Only URLs that match one of these patterns, such as https://example.com/docs/**');
  return { ...site, include: await askPatterns(prompt, site.include) };
}

async function askExclude(site: SiteOptions): Promise<SiteOptions> {
  const prompt = l10n.t('No URL that matches one of these patterns; re: begins a regular expression');
  return { ...site, exclude: await askPatterns(prompt, site.exclude) };
}

async function askMinutes(site: SiteOptions): Promise<SiteOptions> {
  const minutes = await askNumber(l10n.t('How many minutes at most?'), minutesOf(site), siteLimits.minutes);
  return typeof minutes === 'number' ? withMinutes(site, minutes) : site;
}

async function askPatterns(prompt: string, patterns: readonly string[]): Promise<string[]> {
  const answer = await askText({
    title: title(),
    prompt,
    value: patterns.join(' '),
    judge: (text) => {
      const fault = findPatternFault(words(text));
      return fault ? problem(patternFaultText(fault)) : undefined;
    },
  });
  return typeof answer === 'string' ? words(answer) : [...patterns];
}

async function askNumber(
  prompt: string,
  value: number,
  { min, max }: { min: number; max: number },
  step?: { number: number; total: number },
): Promise<Answer<number>> {
  const answer = await askText({
    title: title(),
    ...(step && { step }),
    prompt,
    value: String(value),
    judge: (text) => {
      const isWhole = /^\s*\d+\s*$/.test(text) && Number(text) >= min && Number(text) <= max;
      return isWhole ? undefined : problem(l10n.t('Enter a whole number from {0} to {1}', min, max));
    },
  });
  return typeof answer === 'string' ? Number(answer) : answer;
}

function otherStrategy({ strategy }: SiteOptions): SiteOptions['strategy'] {
  return siteStrategies.find((other) => other !== strategy) ?? strategy;
}

function words(text: string): string[] {
  return text.split(/\s+/).filter((word) => word !== '');
}

function problem(message: string): Judgement {
  return { message, severity: InputBoxValidationSeverity.Error };
}
