import type { Disposable } from './emitter';

export interface Throttled extends Disposable {
  (): void;
}

/** Runs `action` at once, then at most every `intervalMs`; a call in between is never lost, only late. */
export function throttle(intervalMs: number, action: () => void): Throttled {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let isDue = false;
  const run = (): void => {
    isDue = false;
    timer = setTimeout(() => {
      timer = undefined;
      if (isDue) run();
    }, intervalMs);
    action();
  };
  const throttled = (): void => {
    if (timer === undefined) run();
    else isDue = true;
  };
  return Object.assign(throttled, {
    dispose: () => {
      isDue = false;
      clearTimeout(timer);
    },
  });
}
