import { constants } from 'node:os';

import { stopAllGuarded } from './guardedProcess';

const PARENT_POLL_MS = 1_000;

/**
 * Waits for all that was started to be gone before this process goes: on Ctrl+C, on a request to end, when the
 * terminal closes, and when the parent is killed without a word to its children (npm, by its id).
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
  const parent = process.ppid;
  setInterval(() => {
    if (process.ppid !== parent) endWith(1);
  }, PARENT_POLL_MS).unref();
}
