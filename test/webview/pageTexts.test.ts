import assert from 'node:assert/strict';
import type { PanelStrings } from '../../src/panel/panelMessages';
import { statusText, titleText } from '../../src/webview/pageTexts';

describe('a page in the list', () => {
  const strings = { unchanged: 'unchanged', skipped: 'skipped', outstanding: 'waiting' } as PanelStrings;
  const failed = (status: number, errorType: string) => ({
    kind: 'failed' as const,
    status,
    errorType,
    message: 'It failed.',
    isRetryable: false,
    processingMs: 1,
    finishedAtMs: 1,
  });

  it('has the HTTP status of a failure as its own only where that tells why', () => {
    assert.equal(statusText(failed(404, 'http-404'), strings), '404');
    assert.equal(statusText(failed(200, 'not-html'), strings), 'not-html');
    assert.equal(statusText(failed(302, 'too-many-redirects'), strings), 'too-many-redirects');
    assert.equal(statusText(failed(0, 'dns'), strings), 'dns');
  });

  it('has the rule that skipped it, where there is one', () => {
    assert.equal(statusText({ kind: 'skipped', rule: 'robots', reason: 'no' }, strings), 'robots');
    assert.equal(statusText({ kind: 'skipped', rule: null, reason: 'no' }, strings), 'skipped');
  });

  it('says why it failed without the URL that stands beside it', () => {
    const url = 'https://tides.test/a';
    const textOf = (message: string) => titleText({ url, outcome: { ...failed(404, 'http-404'), message } });
    assert.equal(textOf(`${url} answered 404: it is not there.`), 'answered 404: it is not there.');
    assert.equal(textOf(`${url}/b answered 404.`), `${url}/b answered 404.`);
  });
});
