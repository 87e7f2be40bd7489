import { maxUrlBytes } from '../../protocol/limits';

/** No line with a URL in it is longer. */
const maxLineLength = 4 * maxUrlBytes;

/** Makes lines of a text that comes in pieces. */
export class LineReader {
  private rest = '';

  /** The lines that end in this piece, each whole and trimmed; none that is empty. */
  read(text: string): string[] {
    const lines = (this.rest + text).split(/\r\n?|\n/);
    this.rest = (lines.pop() ?? '').slice(0, maxLineLength);
    return lines.map((line) => line.trim()).filter((line) => line !== '');
  }
}
