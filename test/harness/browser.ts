import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { chromium, type Browser } from 'playwright-core';
import { cachedInstall, npmInstall } from './cachedInstall';
import { executableFromEnv, findOnPath, firstExisting } from './findExecutable';
import { runGuarded } from './guardedProcess';

const CHROMIUM_VERSION = '153.0.0';

/** Works as root and in a network that reaches nothing outside. */
const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

export interface BrowserProgram {
  readonly executablePath: string;
  readonly env?: Record<string, string>;
}

/** Starts a browser without a window. */
export async function launchBrowser(): Promise<Browser> {
  return chromium.launch({ ...(await browserProgram()), args: FLAGS });
}

/** RIPTIDE_BROWSER, one of this machine, or else one from npm. */
export async function browserProgram(): Promise<BrowserProgram> {
  const found = executableFromEnv('RIPTIDE_BROWSER') ?? findBrowser();
  return found === undefined ? installChromium() : { executablePath: found };
}

function findBrowser(): string | undefined {
  switch (process.platform) {
    case 'win32':
      return firstExisting(
        [process.env.ProgramFiles, process.env['ProgramFiles(x86)'], process.env.LOCALAPPDATA]
          .filter((dir) => dir !== undefined)
          .flatMap((dir) => [
            resolve(dir, 'Google/Chrome/Application/chrome.exe'),
            resolve(dir, 'Microsoft/Edge/Application/msedge.exe'),
          ]),
      );
    case 'darwin':
      return firstExisting(
        ['Google Chrome', 'Chromium', 'Microsoft Edge'].map(
          (name) => `/Applications/${name}.app/Contents/MacOS/${name}`,
        ),
      );
    default:
      return findOnPath([
        'google-chrome',
        'google-chrome-stable',
        'chromium',
        'chromium-browser',
        'microsoft-edge',
      ]);
  }
}

/** The npm package holds a browser for Linux on x64, and the libraries that a bare machine lacks. */
async function installChromium(): Promise<BrowserProgram> {
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    throw new Error(
      'No browser was found. Install Chrome, Chromium or Edge, or set RIPTIDE_BROWSER to the path of one.',
    );
  }
  const dir = await cachedInstall(`chromium-${CHROMIUM_VERSION}`, async (unfinishedDir) => {
    await npmInstall(unfinishedDir, [`@sparticuz/chromium@${CHROMIUM_VERSION}`]);
    await unpackChromium(unfinishedDir);
    await writeFile(resolve(unfinishedDir, 'fonts.conf'), FONTS_CONF);
  });
  const libraries = [resolve(dir, 'al2023/lib'), process.env.LD_LIBRARY_PATH].filter(Boolean).join(':');
  const fonts = existsSync('/etc/fonts') ? {} : { FONTCONFIG_FILE: resolve(dir, 'fonts.conf') };
  return {
    executablePath: resolve(dir, 'chromium'),
    env: { ...definedEnv(), LD_LIBRARY_PATH: libraries, ...fonts },
  };
}

/** Lets the package unpack itself into `dir`: it writes to the temporary folder, whatever that is. */
async function unpackChromium(dir: string): Promise<void> {
  const script = `
    import chromium, { inflate } from '@sparticuz/chromium';
    await Promise.all([
      chromium.executablePath(),
      inflate('node_modules/@sparticuz/chromium/bin/al2023.tar.br'),
    ]);
  `;
  const env = { ...process.env, TMPDIR: dir };
  const exitCode = await runGuarded(process.execPath, ['--input-type=module', '--eval', script], {
    cwd: dir,
    env,
  });
  if (exitCode !== 0) throw new Error(`The browser could not be unpacked (exit code ${exitCode}).`);
}

/** For a machine without fonts: the ones that came with the browser. */
const FONTS_CONF = `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig><dir prefix="relative">fonts</dir></fontconfig>
`;

function definedEnv(): Record<string, string> {
  return Object.fromEntries(
    Object.entries(process.env).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}
