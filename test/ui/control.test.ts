import { startLocalSite, type LocalSite } from '../support/localSite';
import { Workbench } from './workbench';

describe('controlling crawls in the editor', () => {
  let site: LocalSite;
  let workbench: Workbench;

  before(async () => {
    site = await startLocalSite();
    workbench = await Workbench.open({ settings: { 'workbench.colorTheme': 'Default Dark Modern' } });
    await workbench.openView('RipTide');
  });

  after(async () => {
    await workbench.dispose();
    await site.close();
  });

  it('pauses a crawl, and goes on with what is outstanding', async () => {
    await workbench.runCommand('RipTide: Crawl URLs…');
    await workbench.typeInQuickInput(site.heldUrls(4).join(' '));
    const panel = await workbench.frameWith('#app [role="row"]');
    await panel.getByRole('button', { name: 'Pause' }).click();
    await panel.getByText('Paused').first().waitFor();
    site.release();
    await panel.getByRole('button', { name: 'Resume' }).click();
    await panel.getByText('Completed').first().waitFor();
    await panel.getByText('4/4').first().waitFor();
  });

  it('compares the transports, and shows a table', async () => {
    await workbench.runCommand('RipTide: Compare Transports…');
    await workbench.quickInputRows().filter({ hasText: 'URLs of a crawl…' }).click();
    await workbench.quickInputMessage().getByText('each fetches the 4 URLs').waitFor();
    await workbench.treeRows('Session').last().click();
    await workbench.typeInQuickInput('2');
    const table = workbench.page.locator('.view-line');
    for (const transport of ['websocket', 'ndjson', 'sse', 'http']) {
      await table.filter({ hasText: new RegExp(`${transport}.+ms.+ms`) }).waitFor();
    }
    await workbench.screenshot('control-1-transports-dark');
  });

  it('shows what was measured', async () => {
    await workbench.runCommand('RipTide: Show Session Status');
    await workbench.page.locator('.view-line', { hasText: 'Jitter' }).first().waitFor();
    await workbench.screenshot('control-2-status-dark');
  });

  it('deletes a crawl, after asking', async () => {
    const rows = workbench.treeRows('Crawls');
    await rows.filter({ hasText: '4/4' }).click({ button: 'right' });
    // By the keyboard, since a menu takes no click in the first moment that it is open.
    await workbench.page.getByRole('menuitem', { name: 'Delete Crawl' }).hover();
    await workbench.page.keyboard.press('Enter');
    await workbench.page.locator('.monaco-dialog-box').getByRole('button', { name: 'Delete' }).click();
    await rows.first().waitFor({ state: 'detached' });
  });
});
