import { l10n } from 'vscode';
import type { PatternFault } from '../app/patternFault';
import type { SiteOptions, SiteScope, SiteStrategy } from '../protocol/messages';

const minuteMs = 60_000;

export function scopeText(scope: SiteScope): { label: string; detail: string } {
  switch (scope) {
    case 'page':
      return { label: l10n.t('The pages themselves'), detail: l10n.t('Follows no link') };
    case 'path':
      return {
        label: l10n.t('Below the folder'),
        detail: l10n.t('Pages whose address begins as that of a seed'),
      };
    case 'host':
      return { label: l10n.t('The same host'), detail: l10n.t('Such as docs.example.com alone') };
    case 'domain':
      return {
        label: l10n.t('The whole domain'),
        detail: l10n.t('Such as every host of example.com'),
      };
    case 'list':
      return {
        label: l10n.t('Hosts that you name'),
        detail: l10n.t('The seeds’ own hosts are not part of it by themselves'),
      };
  }
}

export function strategyText(strategy: SiteStrategy): string {
  switch (strategy) {
    case 'breadth-first':
      return l10n.t('Nearest to the seeds first');
    case 'best-first':
      return l10n.t('Most promising first');
  }
}

export function minutesOf({ max_duration_ms: durationMs }: SiteOptions): number {
  return Math.round(durationMs / minuteMs);
}

export function withMinutes(options: SiteOptions, minutes: number): SiteOptions {
  return { ...options, max_duration_ms: minutes * minuteMs };
}

export function patternsText(patterns: readonly string[]): string {
  return patterns.length === 0 ? l10n.t('none') : patterns.join(' ');
}

export function patternFaultText(fault: PatternFault): string {
  const pattern = fault.pattern.length > 80 ? `${fault.pattern.slice(0, 80)}…` : fault.pattern;
  switch (fault.kind) {
    case 'too-long':
      return l10n.t('The pattern {0} is longer than {1} characters', pattern, fault.maxLength);
    case 'open-brace':
      return l10n.t('The brace at character {1} of the pattern {0} is never closed', pattern, fault.at);
    case 'look-around':
      return l10n.t(
        'The pattern {0} looks around at character {1}, which patterns cannot',
        pattern,
        fault.at,
      );
    case 'back-reference':
      return l10n.t('The pattern {0} refers back at character {1}, which patterns cannot', pattern, fault.at);
    case 'no-expression':
      return l10n.t('The pattern {0} is no regular expression: {1}', pattern, fault.message);
  }
}
