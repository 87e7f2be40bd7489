import assert from 'node:assert/strict';
import { startLocalSite, type LocalSite } from '../support/localSite';
import { Workbench } from './workbench';

/** Each guide of the local site links to the first, to the second and to the next one. */
describe('crawling a site in the editor', () => {
  let site: LocalSite;
  let workbench: Workbench;

  before(async () => {
    site = await startLocalSite();
    workbench = await Workbench.open({ settings: { 'workbench.colorTheme': 'Default Dark Modern' } });
  });

  after(async () => {
    await workbench.dispose();
    await site.close();
  });

  it('asks step by step, and names what is wrong while it is typed', async () => {
    await workbench.runCommand('RipTide: Crawl Site…');
    await workbench.quickInput().fill('htp:/wrong');
    await workbench.quickInputMessage().getByText('htp:/wrong').waitFor();
    await workbench.typeInQuickInput(`${site.origin}/guide/1`);
    await workbench.quickInputRows().filter({ hasText: 'The same host' }).click();
    await workbench.quickInputMessage().getByText('How many links away').waitFor();
    await workbench.quickInput().fill('far');
    await workbench.quickInputMessage().getByText('from 0 to 50').waitFor();
    await workbench.typeInQuickInput('2');
    await workbench.quickInputMessage().getByText('How many pages at most').waitFor();
    await workbench.typeInQuickInput('40');
    await workbench.quickInputRows().filter({ hasText: 'Start Crawl' }).waitFor();
    await workbench.screenshot('site-1-go-dark');
    await workbench.quickInputRows().filter({ hasText: 'Start Crawl' }).click();
  });

  it('shows each page that is found, and the rule that left one out', async () => {
    const panel = await workbench.frameWith('#app [role="row"]');
    await panel.getByText('Completed').first().waitFor();
    await panel.getByText('4/4').first().waitFor();
    const statuses = panel.locator('.row:visible .cell-status .text');
    await panel.locator('.row[data-outcome="skipped"]').waitFor();
    assert.deepEqual((await statuses.allTextContents()).filter(Boolean), ['200', '200', '200', 'depth']);
    const skipped = panel.locator('.row[data-outcome="skipped"]');
    await skipped.getByText(`${site.origin}/guide/4`).waitFor();
    await workbench.screenshot('site-2-completed-dark');
    await panel.locator('.outcome', { hasText: 'Skipped' }).click();
    await panel.locator('.row[data-outcome="succeeded"]:visible').first().waitFor({ state: 'hidden' });
    assert.deepEqual((await statuses.allTextContents()).filter(Boolean), ['depth']);
  });

  it('previews the same crawl with the answers of the last time', async () => {
    const before = site.requested.length;
    await workbench.runCommand('RipTide: Preview Site Crawl…');
    assert.equal(await workbench.quickInput().inputValue(), `${site.origin}/guide/1`);
    await workbench.page.keyboard.press('Enter');
    await workbench.quickInputRows().filter({ hasText: 'The same host' }).click();
    await workbench.quickInputMessage().getByText('How many links away').waitFor();
    assert.equal(await workbench.quickInput().inputValue(), '2');
    await workbench.page.keyboard.press('Enter');
    await workbench.quickInputMessage().getByText('How many pages at most').waitFor();
    await workbench.page.keyboard.press('Enter');
    await workbench.quickInputRows().filter({ hasText: 'Preview' }).click();
    await workbench.page.locator('.view-line', { hasText: '2 would be crawled, 0 would not' }).waitFor();
    // Nothing to be saved, and so nothing that asks about it when it is closed.
    await workbench.page.locator('.tab.active:not(.dirty)', { hasText: 'Preview.md' }).waitFor();
    assert.deepEqual(site.requested.slice(before).sort(), ['/guide/1', '/sitemap.xml']);
    await workbench.screenshot('site-3-preview-dark');
  });

  it('asks whether to go on where half of the pages fail, until it is answered', async () => {
    await workbench.openView('RipTide');
    await workbench.runCommand('RipTide: Crawl Site…');
    await workbench.typeInQuickInput(site.brokenUrl);
    await workbench.quickInputRows().filter({ hasText: 'The same host' }).click();
    await workbench.quickInputMessage().getByText('How many links away').waitFor();
    await workbench.page.keyboard.press('Enter');
    await workbench.quickInputMessage().getByText('How many pages at most').waitFor();
    await workbench.page.keyboard.press('Enter');
    await workbench.quickInputRows().filter({ hasText: 'Start Crawl' }).click();
    const question = workbench.notifications().filter({ hasText: 'Half of the pages' });
    // Any other kind would hide by itself after some seconds.
    await question.locator('.codicon-error').waitFor();
    await workbench.screenshot('site-4-failing-dark');
    await question.getByRole('button', { name: 'Go On' }).click();
    await workbench.treeRows('Crawls').filter({ hasText: '37/37, 36 failed' }).waitFor();
  });
});
