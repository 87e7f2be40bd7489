/** A piece of text as a page sets it, in the page's own units from its lower left corner. */
export interface PlacedText {
  text: string;
  x: number;
  y: number;
  /** Height of its letters. */
  size: number;
}

export interface PdfPage {
  lines: PdfLine[];
  height: number;
}

export interface PdfLine {
  text: string;
  x: number;
  y: number;
  /** Of most of its letters. */
  size: number;
}

/** Joins what stands at the same height, in the order given, which is that of reading. */
export function toLines(pieces: readonly PlacedText[]): PdfLine[] {
  const lines: PlacedText[][] = [];
  for (const piece of pieces) {
    const line = lines.at(-1);
    const last = line?.at(-1);
    if (line && last && isBeside(last, piece)) line.push(piece);
    else lines.push([piece]);
  }
  return lines.map(lineOf).filter(({ text }) => text !== '');
}

function isBeside(last: PlacedText, next: PlacedText): boolean {
  // Raised signs and lowered ones are still on their line; a step back to the left begins a new one.
  const height = Math.max(last.size, next.size, 1);
  return Math.abs(last.y - next.y) < height * 0.5 && next.x >= last.x - height;
}

function lineOf(pieces: readonly PlacedText[]): PdfLine {
  const sizes = new Map<number, number>();
  for (const { size, text } of pieces) {
    if (text.trim()) sizes.set(size, (sizes.get(size) ?? 0) + text.length);
  }
  const [size] = [...sizes].reduce((most, entry) => (entry[1] > most[1] ? entry : most), [0, 0]);
  const text = pieces
    .map((piece) => piece.text)
    .join('')
    .replace(/\s+/g, ' ')
    .trim();
  return { text, x: pieces[0]?.x ?? 0, y: pieces[0]?.y ?? 0, size };
}
