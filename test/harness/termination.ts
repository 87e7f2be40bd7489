import { readFileSync } from 'node:fs';
import { constants } from 'node:os';
import { stopAllGuarded } from './guardedProcess';

const PARENT_POLL_MS = 1_000;

/**
 * Waits for all that was started to be gone before this process goes: on Ctrl+C, on a request to end, when the
 * terminal closes, and when npm is killed without a word to its children.
 */
export function stopAllOnTermination(): void {
  let isEnding = false;
  const endWith = (exitCode: number) => {
    if (isEnding) return;
    isEnding = true;
    void stopAllGuarded().finally(() => process.exit(exitCode));
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => endWith(128 + constants.signals[signal]));
  }
  const parents = parentPids();
  setInterval(() => {
    if (parentPids() !== parents) endWith(1);
  }, PARENT_POLL_MS).unref();
}

/** The parent and, because npm may have a shell in between, its parent where the system says so in a file. */
function parentPids(): string {
  try {
    const stat = readFileSync(`/proc/${process.ppid}/stat`, 'utf8');
    // The name, in brackets, may hold anything; behind it come the state and the parent.
    const [, , grandparent] = stat.slice(stat.lastIndexOf(')')).split(' ');
    return `${process.ppid} ${grandparent ?? ''}`;
  } catch {
    return `${process.ppid}`;
  }
}
