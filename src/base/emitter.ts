/** Has the shape of VS Code's own `Disposable`, which the core may not import. */
export interface Disposable {
  dispose(): void;
}

/** Subscribes a listener; has the shape of VS Code's own `Event`. */
export type Event<T> = (listener: (value: T) => void) => Disposable;

export class Emitter<T> implements Disposable {
  private listeners: readonly ((value: T) => void)[] = [];

  readonly event: Event<T> = (listener) => {
    // A listener of its own for each subscription, so that disposing one of two equal ones keeps the other.
    const own = (value: T): void => listener(value);
    this.listeners = [...this.listeners, own];
    return { dispose: () => void (this.listeners = this.listeners.filter((other) => other !== own)) };
  };

  fire(value: T): void {
    // The array is replaced, never changed, so a listener that unsubscribes while firing skips nobody.
    for (const listener of this.listeners) listener(value);
  }

  dispose(): void {
    this.listeners = [];
  }
}
