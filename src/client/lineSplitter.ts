const lineFeed = 0x0a;
const carriageReturn = 0x0d;

/** Cuts bytes into lines, which end with LF, CR or CRLF wherever the chunks were cut. */
export class LineSplitter {
  private readonly onLine: (line: string) => void;
  private readonly onSize: (bytes: number) => void;
  private parts: Buffer[] = [];
  private size = 0;
  private isAfterReturn = false;

  /** @param onSize is told how long the line has become, and may throw. */
  constructor(onLine: (line: string) => void, onSize: (bytes: number) => void) {
    this.onLine = onLine;
    this.onSize = onSize;
  }

  push(chunk: Buffer): void {
    if (chunk.length === 0) return;
    let start = this.isAfterReturn && chunk[0] === lineFeed ? 1 : 0;
    this.isAfterReturn = false;
    let feed = chunk.indexOf(lineFeed, start);
    let back = chunk.indexOf(carriageReturn, start);
    while (feed >= 0 || back >= 0) {
      const end = back < 0 || (feed >= 0 && feed < back) ? feed : back;
      this.keep(chunk.subarray(start, end));
      this.finish();
      start = end + 1;
      if (end === back) {
        if (start === chunk.length) this.isAfterReturn = true;
        else if (chunk[start] === lineFeed) start += 1;
        back = chunk.indexOf(carriageReturn, start);
      }
      if (feed >= 0 && feed < start) feed = chunk.indexOf(lineFeed, start);
    }
    this.keep(chunk.subarray(start));
  }

  /** What came after the last line end is a line as well, unless it is empty. */
  end(): void {
    if (this.size > 0) this.finish();
  }

  private keep(part: Buffer): void {
    if (part.length === 0) return;
    this.size += part.length;
    this.onSize(this.size);
    this.parts.push(part);
  }

  private finish(): void {
    const [first, ...others] = this.parts;
    const line = others.length === 0 ? first?.toString() : Buffer.concat(this.parts, this.size).toString();
    this.parts = [];
    this.size = 0;
    this.onLine(line ?? '');
  }
}
