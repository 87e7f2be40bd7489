import { resolve } from 'node:path';
import { cachedInstall, npmInstall } from './cachedInstall';

const NODE_VERSION = '24.21.0';

/**
 * Resolves to the path of a Node 24: this one, or else one from npm. The store needs 22.13 for its
 * `node:sqlite`, the editor of codeServer.ts wants 24 and no other, and one Node for both is enough.
 */
export async function findNode(): Promise<string> {
  if (process.versions.node.startsWith('24.')) return process.execPath;
  const packageName = nodePackage();
  const dir = await cachedInstall(`node-${NODE_VERSION}`, (unfinishedDir) =>
    npmInstall(unfinishedDir, [`${packageName}@${NODE_VERSION}`]),
  );
  const executable = process.platform === 'win32' ? 'node.exe' : 'node';
  return resolve(dir, 'node_modules', packageName, 'bin', executable);
}

/** The package of the binary itself: the one called `node` would fetch it by an install script. */
function nodePackage(): string {
  const platform = process.platform === 'win32' ? 'win' : process.platform;
  const prefix = platform === 'darwin' && process.arch === 'arm64' ? 'node-bin' : 'node';
  return `${prefix}-${platform}-${process.arch}`;
}
