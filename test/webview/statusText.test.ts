import assert from 'node:assert/strict';
import type { PanelStrings } from '../../src/panel/panelMessages';
import type { PageOutcome } from '../../src/store/records';
import { statusText } from '../../src/webview/statusText';

describe('the status of a page in the list', () => {
  const strings = { unchanged: 'unchanged', skipped: 'skipped', outstanding: 'waiting' } as PanelStrings;
  const failed = (status: number, errorType: string): PageOutcome => ({
    kind: 'failed',
    status,
    errorType,
    message: 'It failed.',
    isRetryable: false,
    processingMs: 1,
    finishedAtMs: 1,
  });

  it('is the HTTP status of a failure only where that tells why', () => {
    assert.equal(statusText(failed(404, 'http-404'), strings), '404');
    assert.equal(statusText(failed(200, 'not-html'), strings), 'not-html');
    assert.equal(statusText(failed(302, 'too-many-redirects'), strings), 'too-many-redirects');
    assert.equal(statusText(failed(0, 'dns'), strings), 'dns');
  });

  it('is the rule of a skipped page where there is one', () => {
    assert.equal(statusText({ kind: 'skipped', rule: 'robots', reason: 'no' }, strings), 'robots');
    assert.equal(statusText({ kind: 'skipped', rule: null, reason: 'no' }, strings), 'skipped');
  });
});
