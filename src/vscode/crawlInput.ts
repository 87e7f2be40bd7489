import { env, InputBoxValidationSeverity, l10n, window } from 'vscode';
import { findUrls, hostsOf, readUrlList, type UrlProblem } from '../app/urlList';
import { askText, type Judgement } from './askInSteps';
import { plainText } from './words';

/** Text in the clipboard beyond it is no list of URLs for an input box. */
const maxPrefillCharacters = 20_000;

/** Asks for URLs, with those of the selection or the clipboard filled in. Undefined when the user backs out. */
export async function askForUrls(): Promise<string[] | undefined> {
  const answer = await askText({
    title: l10n.t('RipTide: Crawl URLs'),
    prompt: l10n.t('One or more URLs, separated by spaces, commas or line breaks'),
    placeholder: 'https://example.com/docs https://example.org',
    value: findUrls(selectedText()).join(' '),
    suggestion: clipboardUrls,
    judge: judgeUrls,
  });
  return typeof answer === 'string' ? readUrlList(answer).urls : undefined;
}

/** Names a crawl by its hosts. */
export function crawlTitle(urls: readonly string[]): string {
  const hosts = hostsOf(urls);
  const [first = ''] = hosts;
  return hosts.length > 1 ? l10n.t('{0} and {1} more', first, hosts.length - 1) : first;
}

/** What is selected in the active editor, with every cursor; empty where nothing is. */
export function selectedText(): string {
  const editor = window.activeTextEditor;
  return editor?.selections.map((selection) => editor.document.getText(selection)).join('\n') ?? '';
}

/** Empty unless the clipboard holds nothing but URLs. */
export async function clipboardUrls(): Promise<string> {
  const clipboard = await env.clipboard.readText();
  if (clipboard.length > maxPrefillCharacters) return '';
  const { urls, problems } = readUrlList(clipboard);
  return problems.length === 0 ? urls.join(' ') : '';
}

/** What is wrong with a list of URLs, or how many they are. */
export function judgeUrls(value: string): Judgement {
  const { urls, problems } = readUrlList(value);
  const [problem] = problems;
  if (problem) {
    return { message: problemText(problem), severity: InputBoxValidationSeverity.Error };
  }
  if (urls.length === 0) {
    return {
      message: l10n.t('Enter at least one URL, such as https://example.com'),
      severity: InputBoxValidationSeverity.Error,
    };
  }
  return {
    message: l10n.t('{0} URLs on {1} hosts', urls.length, hostsOf(urls).length),
    severity: InputBoxValidationSeverity.Info,
  };
}

function problemText({ text, reason }: UrlProblem): string {
  const shown = plainText(text.length > 80 ? `${text.slice(0, 80)}…` : text);
  switch (reason) {
    case 'not-a-url':
      return l10n.t('“{0}” is not a URL: it must start with http:// or https://', shown);
    case 'not-http':
      return l10n.t('“{0}” cannot be crawled: only http:// and https:// can', shown);
    case 'too-long':
      return l10n.t('“{0}” is longer than 2048 bytes', shown);
    case 'has-credentials':
      return l10n.t('“{0}” holds a user name or password: remove it', shown.replace(/\/\/[^@]*@/, '//…@'));
  }
}
