import type { Memento } from 'vscode';
import { readSiteOptions } from '../app/siteSettings';
import type { ReadSetting } from '../app/settings';
import type { SiteOptions } from '../protocol/messages';

const key = 'siteCrawl';

interface Remembered {
  seeds: string[];
  /** Where the last crawl differed from the settings, so that a changed setting still counts for all else. */
  changes: Partial<SiteOptions>;
}

/** What the last site crawl of this workspace was asked for, where it was not what the settings say. */
export class SiteMemory {
  private readonly memory: Memento;
  private readonly readSetting: ReadSetting;

  constructor(memory: Memento, readSetting: ReadSetting) {
    this.memory = memory;
    this.readSetting = readSetting;
  }

  /** By the settings alone. */
  get settings(): SiteOptions {
    return readSiteOptions(this.readSetting);
  }

  get seeds(): readonly string[] {
    return this.remembered.seeds;
  }

  get options(): SiteOptions {
    return { ...this.settings, ...this.remembered.changes };
  }

  async keep(seeds: readonly string[], options: SiteOptions): Promise<void> {
    const { settings } = this;
    const changed = Object.entries(options).filter(
      ([name, value]) => JSON.stringify(value) !== JSON.stringify(settings[name as keyof SiteOptions]),
    );
    const changes = Object.fromEntries(changed) as Partial<SiteOptions>;
    await this.memory.update(key, { seeds: [...seeds], changes } satisfies Remembered);
  }

  private get remembered(): Remembered {
    return this.memory.get<Remembered>(key, { seeds: [], changes: {} });
  }
}
