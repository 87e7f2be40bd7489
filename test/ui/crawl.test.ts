import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { refusedPort, startLocalSite, type LocalSite } from '../support/localSite';
import { Workbench } from './workbench';

const goodPages = 30;
const allPages = goodPages + 3;

describe('crawling in the editor', () => {
  let site: LocalSite;
  let workbench: Workbench;
  let urls: string[];

  before(async () => {
    site = await startLocalSite();
    urls = [
      ...site.pageUrls(goodPages),
      site.missingUrl,
      `http://127.0.0.1:${await refusedPort()}/`,
      site.silentUrl,
    ];
    workbench = await Workbench.open({
      settings: { 'workbench.colorTheme': 'Default Dark Modern', 'riptide.engine.timeoutSeconds': 3 },
    });
  });

  after(async () => {
    await workbench.dispose();
    await site.close();
  });

  it('says what it is before anything is crawled', async () => {
    await workbench.openView('RipTide');
    await workbench.page.getByText('The engine is built in').waitFor();
    await workbench.statusItem('RipTide').waitFor();
    await workbench.screenshot('1-welcome-dark');
  });

  it('names the bad URL while it is typed', async () => {
    await workbench.runCommand('RipTide: Crawl URLs…');
    await workbench.quickInput().fill('https://example.com/ htp:/wrong');
    await workbench.quickInputMessage().getByText('htp:/wrong').waitFor();
    await workbench.screenshot('2-validation-dark');
    await workbench.page.keyboard.press('Escape');
  });

  it('crawls what is pasted, and shows each result', async () => {
    await workbench.runCommand('RipTide: Crawl URLs…');
    await workbench.typeInQuickInput(urls.join(' '));
    const panel = await workbench.frameWith('#app [role="row"]');
    await panel.getByText('Guide 1 to the tides').first().waitFor();
    await workbench.screenshot('3-crawling-dark');
    await panel.getByText(`${allPages}/${allPages}`).first().waitFor();
    await panel.getByText('Completed').first().waitFor();
    await workbench.screenshot('4-completed-dark');
  });

  it('shows the crawl in the tree, host by host', async () => {
    const rows = workbench.treeRows('Crawls');
    await rows.filter({ hasText: `${allPages}/${allPages}, 3 failed` }).click();
    await rows
      .filter({ hasText: '31/31' })
      .or(rows.filter({ hasText: '32/32' }))
      .first()
      .click();
    await rows.filter({ hasText: 'Guide 1 to the tides' }).first().waitFor();
    await workbench.screenshot('5-tree-dark');
  });

  it('shows the latency in the status bar, and the session in its view', async () => {
    await workbench.statusItem(/\d ms/).waitFor();
    await workbench.treeRows('Session').filter({ hasText: 'connected' }).waitFor();
    await workbench.runCommand('RipTide: Ping Server');
    await workbench.notifications().filter({ hasText: 'built-in engine answered in' }).waitFor();
  });

  it('opens a page as a read-only document', async () => {
    const panel = await workbench.frameWith('#app [role="row"]');
    await panel.getByText('Guide 2 to the tides').first().click();
    await workbench.page.getByRole('tab', { name: /Guide 2 to the tides\.md/ }).waitFor();
    await workbench.page.locator('.view-line', { hasText: 'const ebb = flood + 2;' }).waitFor();
    await workbench.screenshot('6-page-dark');
  });

  it('exports every page asked for', async () => {
    await workbench.runCommand('RipTide: Export Results…');
    await workbench.quickInputRows().filter({ hasText: 'NDJSON' }).click();
    await workbench.page.getByRole('button', { name: 'OK' }).click();
    await workbench
      .notifications()
      .filter({ hasText: `Exported ${allPages} pages` })
      .waitFor();
    const exported = (await readdir(workbench.folder)).filter((name) => name.endsWith('.ndjson'));
    assert.equal(exported.length, 1);
    const lines = (await readFile(join(workbench.folder, exported[0]!), 'utf8')).trim().split('\n');
    assert.deepEqual(
      lines.map((line) => (JSON.parse(line) as { url: string }).url),
      urls,
    );
    await workbench.screenshot('7-exported-dark');
  });

  it('is themed in light too', async () => {
    await workbench.runCommand('Preferences: Toggle between Light/Dark Themes');
    await workbench.page.getByRole('tab', { name: /127\.0\.0\.1/ }).click();
    const panel = await workbench.frameWith('#app [role="row"]');
    await panel.locator('body.vscode-light').waitFor();
    await panel.getByText('Guide 3 to the tides').first().waitFor();
    await workbench.screenshot('8-completed-light');
  });

  it('keeps the results through a window reload', async () => {
    await workbench.page.reload();
    await workbench.statusItem('RipTide').waitFor();
    await workbench.page.getByRole('tab', { name: /127\.0\.0\.1/ }).click();
    const panel = await workbench.frameWith('#app [role="row"]');
    await panel.getByText('Guide 3 to the tides').first().waitFor();
    await workbench.screenshot('9-reloaded-light');
  });

  it('offers to go on with a crawl that the window’s end interrupted', async () => {
    await workbench.runCommand('RipTide: Crawl URLs…');
    await workbench.typeInQuickInput([...site.pageUrls(2), ...site.heldUrls(1)].join(' '));
    await site.whenRequested('/held/1', 1);
    await workbench.statusItem('2/3').waitFor();
    await workbench.page.reload();
    const offer = workbench.notifications().filter({ hasText: 'interrupted with 1 of 3 pages left' });
    await offer.waitFor();
    await workbench.screenshot('10-resume-light');
    site.release();
    await offer.getByRole('button', { name: 'Resume' }).click();
    const panel = await workbench.frameWith('.tally:text-is("3/3")');
    await panel.getByText('Completed').first().waitFor();
    assert.equal(site.requested.filter((path) => path === '/held/1').length, 2);
  });
});
