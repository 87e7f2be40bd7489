import { resolve } from 'node:path';
import { cachedInstall, npmInstall } from './cachedInstall';

const CODE_SERVER_VERSION = '4.139.1';

/** Resolves to the script of a complete VS Code that npm has: its server, extension host and web workbench. */
export async function installCodeServer(): Promise<string> {
  const script = 'node_modules/code-server/out/node/entry.js';
  const dir = await cachedInstall(`code-server-${CODE_SERVER_VERSION}`, async (unfinishedDir) => {
    await npmInstall(unfinishedDir, [`code-server@${CODE_SERVER_VERSION}`]);
    // Its install script would do this, and would also compile native parts that are not needed here.
    await npmInstall(resolve(unfinishedDir, 'node_modules/code-server/lib/vscode'), ['--omit=dev']);
  });
  return resolve(dir, script);
}
