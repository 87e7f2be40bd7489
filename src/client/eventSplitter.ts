/** Puts the lines of an event stream together to events, as the HTML standard reads them. */
export class EventSplitter {
  private readonly onEvent: (name: string, data: string) => void;
  private readonly onSize: (bytes: number) => void;
  private name = '';
  private data: string[] = [];
  private size = 0;
  private isFirstLine = true;

  /** @param onSize is told how long the data of the event has become, and may throw. */
  constructor(onEvent: (name: string, data: string) => void, onSize: (bytes: number) => void) {
    this.onEvent = onEvent;
    this.onSize = onSize;
  }

  push(line: string): void {
    const text = this.isFirstLine ? line.replace(/^\uFEFF/, '') : line;
    this.isFirstLine = false;
    if (text === '') {
      this.dispatch();
      return;
    }
    const colon = text.indexOf(':');
    const field = colon < 0 ? text : text.slice(0, colon);
    const value = colon < 0 ? '' : text.slice(text[colon + 1] === ' ' ? colon + 2 : colon + 1);
    // A comment has an empty field name. `id` and `retry` are for reconnecting, which would be a new crawl.
    if (field === 'event') this.name = value;
    else if (field === 'data') this.keep(value);
  }

  private keep(value: string): void {
    this.size += Buffer.byteLength(value) + 1;
    this.onSize(this.size);
    this.data.push(value);
  }

  private dispatch(): void {
    const { name, data } = this;
    this.name = '';
    this.data = [];
    this.size = 0;
    // An event without data is none. One that the end of the stream cut off is never dispatched.
    if (data.length > 0) this.onEvent(name === '' ? 'message' : name, data.join('\n'));
  }
}
