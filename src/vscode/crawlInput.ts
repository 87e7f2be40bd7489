import { env, InputBoxValidationSeverity, l10n, window } from 'vscode';
import { findUrls, hostsOf, readUrlList, type UrlProblem } from '../app/urlList';

/** Text in the clipboard beyond it is no list of URLs for an input box. */
const maxPrefillCharacters = 20_000;

/** Asks for URLs, with those of the selection or the clipboard filled in. Undefined when the user backs out. */
export async function askForUrls(): Promise<string[] | undefined> {
  const input = window.createInputBox();
  input.title = l10n.t('RipTide: Crawl URLs');
  input.prompt = l10n.t('One or more URLs, separated by spaces, commas or line breaks');
  input.placeholder = 'https://example.com/docs https://example.org';
  input.ignoreFocusOut = true;
  input.value = findUrls(selectedText()).join(' ');
  const judge = (): void => void (input.validationMessage = judgement(input.value));
  input.onDidChangeValue(judge);
  try {
    const answer = new Promise<string[] | undefined>((resolve) => {
      input.onDidAccept(() => {
        const { urls, problems } = readUrlList(input.value);
        if (problems.length === 0 && urls.length > 0) resolve(urls);
        else judge();
      });
      input.onDidHide(() => resolve(undefined));
    });
    input.show();
    if (input.value === '') {
      // In a browser the clipboard may wait for the user's consent, so it must not hold up the input.
      void clipboardUrls().then((text) => {
        if (input.value === '') input.value = text;
      });
    }
    return await answer;
  } finally {
    input.dispose();
  }
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

async function clipboardUrls(): Promise<string> {
  const clipboard = await env.clipboard.readText();
  if (clipboard.length > maxPrefillCharacters) return '';
  const { urls, problems } = readUrlList(clipboard);
  return problems.length === 0 ? urls.join(' ') : '';
}

function judgement(value: string): { message: string; severity: InputBoxValidationSeverity } {
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
  const shown = text.length > 80 ? `${text.slice(0, 80)}…` : text;
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
