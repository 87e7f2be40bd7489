import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import {
  commandIds,
  crawlsViewId,
  pageScheme,
  resultsPanelType,
  sessionViewId,
  settingNames,
} from '../../src/vscode/contributions';

interface Menu {
  command: string;
}

interface Setting {
  description?: string;
  markdownDescription?: string;
  scope?: string;
  type: string;
  minimum?: number;
  maximum?: number;
}

interface Manifest {
  activationEvents: string[];
  capabilities: { untrustedWorkspaces: { supported: string; restrictedConfigurations: string[] } };
  contributes: {
    commands: { command: string; title: string; category: string }[];
    menus: Record<string, Menu[]>;
    views: Record<string, { id: string }[]>;
    configuration: { properties: Record<string, Setting> };
  };
}

const root = resolve(__dirname, '../..');
const manifestText = readFileSync(resolve(root, 'package.json'), 'utf8');
const manifest = JSON.parse(manifestText) as Manifest;
const texts = JSON.parse(readFileSync(resolve(root, 'package.nls.json'), 'utf8')) as Record<string, string>;
const { contributes } = manifest;

describe('contributions', () => {
  it('has the same commands in code and in package.json', () => {
    assert.deepEqual(contributes.commands.map(({ command }) => command).sort(), [...commandIds].sort());
    assert.ok(contributes.commands.every(({ category }) => category === 'RipTide'));
  });

  it('names only commands of its own in menus', () => {
    const named = Object.values(contributes.menus).flatMap((items) => items.map(({ command }) => command));
    assert.deepEqual(
      named.filter((command) => !(commandIds as readonly string[]).includes(command)),
      [],
    );
  });

  it('has the same views, panel and scheme', () => {
    const views = Object.values(contributes.views).flatMap((list) => list.map(({ id }) => id));
    assert.deepEqual(views.sort(), [sessionViewId, crawlsViewId].sort());
    assert.ok(manifest.activationEvents.includes(`onWebviewPanel:${resultsPanelType}`));
    assert.ok(manifest.activationEvents.includes(`onFileSystem:${pageScheme}`));
  });

  it('has the same settings, each described, ranged and scoped', () => {
    const { properties } = contributes.configuration;
    assert.deepEqual(Object.keys(properties).sort(), settingNames.map((name) => `riptide.${name}`).sort());
    for (const [name, setting] of Object.entries(properties)) {
      assert.ok(setting.description ?? setting.markdownDescription, `${name} has no description`);
      assert.ok(setting.scope, `${name} has no scope`);
      if (setting.type === 'integer' || setting.type === 'number') {
        assert.ok(setting.minimum !== undefined && setting.maximum !== undefined, `${name} has no range`);
      }
    }
  });

  it('lets no untrusted workspace choose the server or widen what is fetched', () => {
    const { untrustedWorkspaces } = manifest.capabilities;
    assert.equal(untrustedWorkspaces.supported, 'limited');
    assert.deepEqual(
      untrustedWorkspaces.restrictedConfigurations.toSorted(),
      Object.keys(contributes.configuration.properties).sort(),
    );
  });

  it('has a text for each placeholder, and no text unused', () => {
    const used = [...manifestText.matchAll(/%([\w.]+)%/g)].map(([, key]) => key);
    assert.deepEqual([...new Set(used)].sort(), Object.keys(texts).sort());
  });

  it('has every text of the code in the bundle that translations start from', () => {
    const folder = resolve(root, 'src/vscode');
    const said = readdirSync(folder).flatMap((file) => {
      const code = readFileSync(resolve(folder, file), 'utf8');
      return [...code.matchAll(/l10n\.t\(\s*'([^']*)'/g)].map(([, text]) => text);
    });
    const bundle = JSON.parse(readFileSync(resolve(root, 'l10n/bundle.l10n.json'), 'utf8')) as object;
    assert.ok(said.length > 100);
    // Out of date? `npm run l10n` writes it anew.
    assert.deepEqual([...new Set(said)].sort(), Object.keys(bundle).sort());
  });

  it('speaks to users only through translatable texts', () => {
    const folder = resolve(root, 'src/vscode');
    const bare = readdirSync(folder).filter((file) =>
      /show(Information|Warning|Error)Message\(\s*['"`]/.test(readFileSync(resolve(folder, file), 'utf8')),
    );
    assert.deepEqual(bare, []);
  });
});
