import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import type { RipTideApi } from '../../src/app/api';
import type { StoredPage } from '../../src/store/records';
import { startLocalSite, type LocalSite } from '../support/localSite';

/** The local site is at a private address. */
const typed = { isTypedByUser: true };

describe('the API for other extensions', () => {
  let site: LocalSite;
  let api: RipTideApi;

  before(async () => {
    const extension = vscode.extensions.getExtension<RipTideApi>('riptide.riptide');
    assert.ok(extension);
    [site, api] = await Promise.all([startLocalSite(), extension.activate()]);
  });
  after(() => site.close());

  async function pagesOf(pages: AsyncIterable<StoredPage>): Promise<StoredPage[]> {
    const all: StoredPage[] = [];
    for await (const page of pages) all.push(page);
    return all;
  }

  it('crawls with the built-in engine and keeps the pages', async () => {
    const urls = [...site.pageUrls(12), site.missingUrl];
    const { ended, pages } = await api.crawl(urls, {}, typed);
    const { state, counts } = await ended;
    assert.equal(state.kind, 'completed');
    assert.deepEqual(counts, { asked: 13, succeeded: 12, failed: 1, skipped: 0, outstanding: 0 });
    const all = await pagesOf(pages());
    assert.deepEqual(
      all.map(({ url }) => url),
      urls,
    );
    assert.match(all[3]?.document?.markdown ?? '', /const ebb = flood \+ 4;/);
    assert.equal(all[12]?.outcome.kind, 'failed');
  });

  it('reaches no private address that nobody has typed', async () => {
    const urls = site.pageUrls(1);
    for (const start of [() => api.crawl(urls), () => api.crawlSite(urls, { public_only: false })]) {
      const { ended, pages } = await start();
      await ended;
      const outcomes = (await pagesOf(pages())).map(({ outcome }) => outcome);
      assert.deepEqual(
        outcomes.map((outcome) => (outcome.kind === 'failed' ? outcome.errorType : outcome.kind)),
        ['blocked-address'],
      );
    }
  });

  it('crawls a site, by the settings where nothing else is said', async () => {
    const { ended, pages } = await api.crawlSite(site.pageUrls(1), { max_depth: 1 }, typed);
    const { state, counts, site: kept } = await ended;
    assert.equal(state.kind, 'completed');
    assert.deepEqual(counts, { asked: 3, succeeded: 2, failed: 0, skipped: 1, outstanding: 0 });
    assert.deepEqual([kept?.max_depth, kept?.max_pages, kept?.scope], [1, 500, 'host']);
    const all = await pagesOf(pages());
    assert.deepEqual(
      all.map(({ url, depth, foundOn }) => [url, depth, foundOn]),
      [
        [`${site.origin}/guide/1`, 0, null],
        [`${site.origin}/guide/2`, 1, `${site.origin}/guide/1`],
        [`${site.origin}/guide/3`, 2, `${site.origin}/guide/2`],
      ],
    );
  });

  it('opens each page as a read-only Markdown document', async () => {
    const { ended, id } = await api.crawl(site.pageUrls(1), {}, typed);
    await ended;
    const uri = vscode.Uri.parse(`riptide:/${id}/0/any name.md`);
    const document = await vscode.workspace.openTextDocument(uri);
    assert.equal(document.languageId, 'markdown');
    assert.match(document.getText(), /^# Guide 1 to the tides\n/);
    await assert.rejects(async () => vscode.workspace.fs.writeFile(uri, new Uint8Array()));
    await assert.rejects(async () => vscode.workspace.fs.readFile(vscode.Uri.parse('riptide:/none/0/x.md')));
  });

  it('pings on an open connection and asks for the session’s status', async () => {
    const { latencyMs, sessionId } = await api.ping();
    assert.ok(latencyMs > 0 && latencyMs < 5_000);
    const status = await api.status();
    assert.equal(status.session_id, sessionId);
    assert.equal(status.is_healthy, true);
  });

  it('cancels a crawl and keeps the account of it', async () => {
    const crawl = await api.crawl([site.silentUrl, site.silentUrl], {}, typed);
    await site.whenRequested('/silent', 1);
    crawl.cancel();
    const { state, counts } = await crawl.ended;
    assert.equal(state.kind, 'cancelled');
    assert.equal(counts.outstanding, 2);
  });

  it('goes on with the next engine when one ends in the middle of a crawl', async () => {
    const urls = [...site.pageUrls(2), ...site.heldUrls(2)];
    const crawl = await api.crawl(urls, {}, typed);
    await site.whenRequested('/held/1', 1);
    await vscode.commands.executeCommand('riptide.restartEngine');
    await site.whenRequested('/held/1', 2);
    site.release();
    const { state, counts } = await crawl.ended;
    assert.equal(state.kind, 'completed');
    assert.equal(counts.succeeded, urls.length);
  });
});
