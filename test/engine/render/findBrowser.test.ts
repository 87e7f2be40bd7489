import assert from 'node:assert/strict';
import { findBrowser } from '../../../src/engine/render/findBrowser';

function found(platform: NodeJS.Platform, env: NodeJS.ProcessEnv, ...installed: string[]): string | null {
  return findBrowser({ platform, env, exists: (path) => installed.includes(path) });
}

describe('findBrowser', () => {
  it('finds what is installed, Chrome first', () => {
    const edge = 'C:\\Program Files (x86)\\Microsoft\\Edge\\Application\\msedge.exe';
    const chrome = 'C:\\Users\\a\\AppData\\Local\\Google\\Chrome\\Application\\chrome.exe';
    const windows = {
      ProgramFiles: 'C:\\Program Files',
      'ProgramFiles(x86)': 'C:\\Program Files (x86)',
      LOCALAPPDATA: 'C:\\Users\\a\\AppData\\Local',
    };
    assert.equal(found('win32', windows, edge), edge);
    assert.equal(found('win32', windows, edge, chrome), chrome);
    const mac = '/Users/a/Applications/Chromium.app/Contents/MacOS/Chromium';
    assert.equal(found('darwin', { HOME: '/Users/a' }, mac), mac);
    assert.equal(
      found('linux', { PATH: '/home/a/bin:/bin' }, '/home/a/bin/chromium'),
      '/home/a/bin/chromium',
    );
    assert.equal(found('linux', {}, '/snap/bin/chromium'), '/snap/bin/chromium');
  });

  it('says when there is none', () => {
    for (const platform of ['win32', 'darwin', 'linux'] as const) assert.equal(found(platform, {}), null);
  });
});
