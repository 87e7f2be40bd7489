import { cp, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Frame, Locator, Page } from 'playwright-core';
import { launchBrowser } from '../harness/browser';
import { startEditor, workbenchUrl } from '../harness/editor';
import { cacheDir, projectDir } from '../harness/paths';

const WAIT_MS = 30_000;
const POLL_MS = 100;

export interface WorkbenchOptions {
  readonly settings?: Readonly<Record<string, unknown>>;
  readonly isTrustRequired?: boolean;
}

/** A real editor with the extension installed, a copy of the sample folder open, in a real browser. */
export class Workbench {
  private constructor(
    readonly page: Page,
    /** The open folder; its content is this test's own. */
    readonly folder: string,
    /** Closes the browser and the editor; resolves when all their processes are gone. */
    readonly dispose: () => Promise<void>,
  ) {}

  static async open(options: WorkbenchOptions = {}): Promise<Workbench> {
    const scratchDir = await mkdtemp(join(tmpdir(), 'riptide-ui-'));
    const folder = resolve(scratchDir, 'workspace');
    await cp(resolve(projectDir, 'examples/workspace'), folder, { recursive: true });
    const editor = await startEditor({ ...options, extensionDir: projectDir });
    const browser = await launchBrowser();
    const dispose = async () => {
      await browser.close();
      await editor.stop();
      await rm(scratchDir, { recursive: true, force: true, maxRetries: 3 });
    };
    try {
      const page = await browser.newPage({ viewport: { width: 1400, height: 900 } });
      page.setDefaultTimeout(WAIT_MS);
      await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
      await page.goto(workbenchUrl(editor, folder).href);
      await page.locator('.statusbar-item').first().waitFor();
      await page.locator('.explorer-viewlet .monaco-list-row').first().waitFor();
      return new Workbench(page, folder, dispose);
    } catch (error) {
      await dispose();
      throw error;
    }
  }

  /** Runs a command by its title in the palette, such as "RipTide: Ping Server". */
  async runCommand(title: string): Promise<void> {
    // The command is in the palette only once the extension is known to the page.
    const row = this.quickInputRows().filter({ hasText: title }).first();
    for (const startedAt = Date.now(); ;) {
      await this.page.keyboard.press('F1');
      await this.quickInput().waitFor();
      await this.quickInput().fill(`>${title}`);
      const isListed = await row.waitFor({ timeout: 2_000 }).then(
        () => true,
        () => false,
      );
      if (isListed) break;
      await this.page.keyboard.press('Escape');
      if (Date.now() - startedAt > WAIT_MS) throw new Error(`The palette does not list "${title}".`);
    }
    await row.click();
    // The same widget serves the command's own questions: what is typed from here on is for them.
    const palette = this.page.locator('input[placeholder^="Type the name of a command"]:visible');
    await palette.waitFor({ state: 'hidden' });
  }

  /** The text field of the palette, of a pick list or of an input box. */
  quickInput(): Locator {
    return this.page.locator('.quick-input-widget:visible input[type="text"]');
  }

  quickInputRows(): Locator {
    return this.page.locator('.quick-input-widget:visible .monaco-list-row');
  }

  /** What the input box says below its field: its prompt, or why it does not take the text. */
  quickInputMessage(): Locator {
    return this.page.locator('.quick-input-widget:visible .quick-input-message');
  }

  /** Replaces the text of the open input and accepts it. */
  async typeInQuickInput(text: string): Promise<void> {
    await this.quickInput().fill(text);
    await this.page.keyboard.press('Enter');
  }

  /** Status bar items that hold the text. */
  statusItem(text: string | RegExp): Locator {
    return this.page.locator('.statusbar-item', { hasText: text });
  }

  /** Shows the container of that title in the side bar. */
  async openView(title: string): Promise<void> {
    const tab = this.page.locator('.activitybar').getByRole('tab', { name: title });
    if ((await tab.getAttribute('aria-selected')) !== 'true') await tab.click();
  }

  /** Rows, shown at present, of the tree view of that title. */
  treeRows(viewTitle: string): Locator {
    return this.page
      .locator('.pane', { has: this.page.locator(`.pane-header[aria-label^="${viewTitle}"]`) })
      .locator('.monaco-list-row');
  }

  notifications(): Locator {
    return this.page.locator('.notifications-toasts .notification-list-item');
  }

  /** The webview frame that holds an element; it lies two frames deep in the page. */
  async frameWith(selector: string): Promise<Frame> {
    for (const startedAt = Date.now(); Date.now() - startedAt < WAIT_MS;) {
      for (const frame of this.page.frames().slice(1)) {
        // A frame may go away while it is asked.
        const count = await frame
          .locator(selector)
          .count()
          .catch(() => 0);
        if (count > 0) return frame;
      }
      await this.page.waitForTimeout(POLL_MS);
    }
    throw new Error(`No webview holds ${selector}.`);
  }

  /** Keeps a picture as `.cache/screenshots/<name>.png`. */
  async screenshot(name: string): Promise<void> {
    const dir = resolve(cacheDir, 'screenshots');
    await mkdir(dir, { recursive: true });
    await this.page.screenshot({ path: resolve(dir, `${name}.png`) });
  }
}
