import { existsSync } from 'node:fs';
import { posix, win32 } from 'node:path';

export interface Machine {
  platform: NodeJS.Platform;
  env: NodeJS.ProcessEnv;
  exists: (path: string) => boolean;
}

const thisMachine: Machine = { platform: process.platform, env: process.env, exists: existsSync };

const linuxNames = [
  ...['google-chrome', 'google-chrome-stable', 'chromium', 'chromium-browser'],
  ...['microsoft-edge', 'microsoft-edge-stable'],
];
/** Where packages put them whatever PATH the editor was started with. */
const linuxFolders = ['/usr/bin', '/usr/local/bin', '/snap/bin', '/opt/google/chrome'];
const macApps = ['Google Chrome', 'Microsoft Edge', 'Chromium'];
const windowsFiles = ['Google\\Chrome\\Application\\chrome.exe', 'Microsoft\\Edge\\Application\\msedge.exe'];

/** An installed Chrome, Edge or Chromium, in this order. */
export function findBrowser(machine: Machine = thisMachine): string | null {
  return candidates(machine).find((path) => machine.exists(path)) ?? null;
}

function candidates({ platform, env }: Machine): string[] {
  if (platform === 'win32') {
    const folders = [env.ProgramFiles, env['ProgramFiles(x86)'], env.LOCALAPPDATA].filter(isSet);
    return windowsFiles.flatMap((file) => folders.map((folder) => win32.join(folder, file)));
  }
  if (platform === 'darwin') {
    const folders = ['/Applications', ...[env.HOME].filter(isSet).map((home) => `${home}/Applications`)];
    return macApps.flatMap((app) => folders.map((folder) => `${folder}/${app}.app/Contents/MacOS/${app}`));
  }
  const folders = [...new Set([...(env.PATH ?? '').split(':').filter(isSet), ...linuxFolders])];
  return linuxNames.flatMap((name) => folders.map((folder) => posix.join(folder, name)));
}

function isSet(value: string | undefined): value is string {
  return value !== undefined && value !== '';
}
