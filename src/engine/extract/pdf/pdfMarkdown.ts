import type { PdfLine, PdfPage } from './pdfLines';

/** A line of larger letters than this, against the running text, is a heading. */
const headingRatio = 1.15;
const maxHeadingLength = 200;
const maxHeadingLevels = 3;
const maxBlocksBeforeTitle = 4;
/** Share of a page's height, at its top and at its bottom, in which running heads stand. */
const edgeShare = 0.08;
/** Lines further apart than this, in letter heights, belong to different paragraphs. */
const paragraphGap = 1.7;
const bullet = /^[•‣▪●○◦–]\s+/;

export interface PdfText {
  text: string;
  markdown: string;
  /** The first heading, if the text begins with one, or nearly so. */
  title: string | null;
}

type Block = { kind: 'heading'; level: number; text: string } | { kind: 'item' | 'paragraph'; text: string };

/** Makes running text of lines: pages without what repeats on each, paragraphs joined, headings told by their size. */
export function pdfMarkdown(pages: readonly PdfPage[]): PdfText {
  const kept = withoutRunningHeads(pages);
  const bodySize = commonSize(kept.flat());
  const headingSizes = sizesAbove(kept.flat(), bodySize * headingRatio);
  const blocks = kept.flatMap((lines) => blocksOf(lines, headingSizes));
  const title = blocks.slice(0, maxBlocksBeforeTitle).find(({ kind }) => kind === 'heading');
  return {
    text: blocks.map(({ text }) => text).join('\n\n'),
    markdown: blocks
      .map(markdownOf)
      .join('\n\n')
      .replace(/(\n\n- [^\n]*)\n(?=\n- )/g, '$1'),
    title: title?.text ?? null,
  };
}

function markdownOf(block: Block): string {
  const text = block.text.replace(/[\\`*_<[\]]/g, '\\$&');
  if (block.kind === 'heading') return `${'#'.repeat(block.level)} ${text}`;
  if (block.kind === 'item') return `- ${text}`;
  return text.replace(/^([#>+-]|\d+[.)])(?=\s)/, '\\$1');
}

/** Lines at the edge of most pages, page numbers aside, are no part of the text. */
function withoutRunningHeads(pages: readonly PdfPage[]): PdfLine[][] {
  if (pages.length < 3) return pages.map(({ lines }) => lines);
  const keyOf = ({ text }: PdfLine): string => text.replace(/\d+/g, '#');
  const isAtEdge = ({ y }: PdfLine, height: number): boolean =>
    y < height * edgeShare || y > height * (1 - edgeShare);
  const counts = new Map<string, number>();
  for (const { lines, height } of pages) {
    const keys = lines.filter((line) => isAtEdge(line, height)).map(keyOf);
    for (const key of new Set(keys)) counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  return pages.map(({ lines, height }) =>
    lines.filter((line) => !isAtEdge(line, height) || (counts.get(keyOf(line)) ?? 0) <= pages.length / 2),
  );
}

function commonSize(lines: readonly PdfLine[]): number {
  const characters = new Map<number, number>();
  for (const { size, text } of lines) characters.set(size, (characters.get(size) ?? 0) + text.length);
  const [size] = [...characters].reduce((most, entry) => (entry[1] > most[1] ? entry : most), [1, 0]);
  return size;
}

/** Largest first: the place of a size is the level of its headings. */
function sizesAbove(lines: readonly PdfLine[], least: number): number[] {
  return [...new Set(lines.map(({ size }) => size).filter((size) => size > least))].sort((a, b) => b - a);
}

function blocksOf(lines: readonly PdfLine[], headingSizes: readonly number[]): Block[] {
  const blocks: Block[] = [];
  let before: PdfLine | null = null;
  for (const line of lines) {
    const last = blocks.at(-1);
    const place = headingSizes.indexOf(line.size);
    const isHeading = place >= 0 && line.text.length <= maxHeadingLength;
    const isNext = before !== null && isNextLine(before, line);
    if (last && isNext && !bullet.test(line.text) && isHeading === (last.kind === 'heading')) {
      last.text = joined(last.text, line.text);
    } else if (isHeading) {
      blocks.push({ kind: 'heading', level: Math.min(maxHeadingLevels, place + 1), text: line.text });
    } else if (bullet.test(line.text)) {
      blocks.push({ kind: 'item', text: line.text.replace(bullet, '') });
    } else {
      blocks.push({ kind: 'paragraph', text: line.text });
    }
    before = line;
  }
  return blocks;
}

function isNextLine(before: PdfLine, line: PdfLine): boolean {
  const isSameSize = Math.abs(before.size - line.size) < 0.5;
  const drop = before.y - line.y;
  // Upwards: the text goes on at the top of the next column, unless a sentence ended.
  if (drop < 0) return isSameSize && !/[.!?:。]["')\]]?$/.test(before.text);
  return isSameSize && drop < line.size * paragraphGap;
}

/** A word parted at the end of a line becomes whole again. */
function joined(text: string, next: string): string {
  if (/\p{L}[-\u00ad]$/u.test(text) && /^\p{Ll}/u.test(next)) return text.slice(0, -1) + next;
  const isUnspaced = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]$/u.test(text);
  return isUnspaced ? text + next : `${text} ${next}`;
}
