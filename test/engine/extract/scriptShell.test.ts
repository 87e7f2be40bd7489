import assert from 'node:assert/strict';
import { CrawlFailure } from '../../../src/engine/crawlFailure';
import { ReadingPool } from '../../support/readingPool';

const scripts = '<script src=/a.js></script><script>boot()</script>';

const shells: Record<string, string> = {
  'an empty root': `<title>App</title><div id="root"></div>${scripts}`,
  'an empty root that says it is loading': `<div id="__next"><p>Loading…</p></div>${scripts}`,
  'a custom element': `<app-root></app-root>${scripts}`,
  'a noscript note': `<noscript>You need to enable JavaScript to run this app.</noscript><div></div>${scripts}`,
  'a note in another language': `<noscript>JavaScriptを有効にしてください</noscript><div></div>${scripts}`,
  'a plain note': `<p>Please enable JavaScript to continue.</p>${scripts}`,
  'nothing but scripts': `<title>App</title>${scripts}`,
};

const pages: Record<string, string> = {
  'a short page with scripts': `<p>Hello there, we open at ten.</p>${scripts}`,
  'a root that was filled on the server': `<div id="root"><h1>Hours</h1><p>${'We open at ten, every day. '.repeat(4)}</p></div>${scripts}`,
  'a picture': `<img src=/cat.jpg>${scripts}`,
  'an empty root without scripts': '<div id="root"></div>',
  'a page that also wishes for scripts': `<noscript>Enable JavaScript for comments.</noscript><p>${'All about the harbour at night. '.repeat(8)}</p>${scripts}`,
  'an article beside an empty mount': `<article><p>${'All about the harbour at night. '.repeat(20)}</p></article><div id="app"></div>${scripts}`,
};

describe('a page that waits for scripts', () => {
  const pool = new ReadingPool();

  before(() => pool.start());
  after(() => pool.stop());

  async function isShell(html: string, isRendered = false): Promise<boolean> {
    try {
      await pool.read(html, { renderMs: isRendered ? 0 : null });
      return false;
    } catch (error) {
      assert.ok(error instanceof CrawlFailure && error.reason === 'needs-javascript' && !error.isRetryable);
      assert.match(error.message, /riptide\.engine\.renderPages/);
      return true;
    }
  }

  for (const [name, html] of Object.entries(shells)) {
    it(`is told by ${name}`, async () => assert.equal(await isShell(html), true));
  }
  for (const [name, html] of Object.entries(pages)) {
    it(`is not mistaken for ${name}`, async () => assert.equal(await isShell(html), false));
  }
  it('is a page once a browser has rendered it', async () => {
    assert.equal(await isShell(shells['an empty root']!, true), false);
  });
});
