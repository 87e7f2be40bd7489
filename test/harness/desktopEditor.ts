import { realpathSync } from 'node:fs';
import { homedir } from 'node:os';
import { resolve } from 'node:path';
import { executableFromEnv, findOnPath, firstExisting, hasDisplay } from './findExecutable';

/**
 * The desktop editor's own executable, when there is one and a display to show it on; RIPTIDE_EDITOR names
 * another. Not the `code` command: that hands over to a process which nobody here could end.
 */
export function findDesktopEditor(): string | undefined {
  if (!hasDisplay()) return undefined;
  return executableFromEnv('RIPTIDE_EDITOR') ?? firstExisting([...besideCommand(), ...usualPlaces()]);
}

/** Where the executable lies, seen from the `code` command that every install puts on PATH. */
function besideCommand(): string[] {
  const link = findOnPath([process.platform === 'win32' ? 'code.cmd' : 'code']);
  if (link === undefined) return [];
  const command = realpathSync(link);
  switch (process.platform) {
    case 'win32':
      return [resolve(command, '../../Code.exe')];
    case 'darwin':
      return macExecutables(resolve(command, '../../../../..'));
    default:
      return [resolve(command, '../../code')];
  }
}

function usualPlaces(): string[] {
  switch (process.platform) {
    case 'win32':
      return [process.env.LOCALAPPDATA?.concat('/Programs'), process.env.ProgramFiles]
        .filter((dir) => dir !== undefined)
        .map((dir) => resolve(dir, 'Microsoft VS Code/Code.exe'));
    case 'darwin':
      return ['/Applications', resolve(homedir(), 'Applications')].flatMap((dir) =>
        macExecutables(resolve(dir, 'Visual Studio Code.app')),
      );
    default:
      return [
        '/usr/share/code/code',
        '/opt/visual-studio-code/code',
        '/snap/code/current/usr/share/code/code',
      ];
  }
}

function macExecutables(app: string): string[] {
  // Named Electron until 2025, Code since.
  return ['Code', 'Electron'].map((name) => resolve(app, 'Contents/MacOS', name));
}
