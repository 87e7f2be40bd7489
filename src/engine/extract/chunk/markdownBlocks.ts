import { costOf, tokenSpans, type Span } from './tokens';

/** A block of Markdown with the headings that it stands under; a heading stands under itself. */
export interface MarkdownBlock extends Span {
  headings: string[];
}

const fencePattern = /^ {0,3}(`{3,}|~{3,})/;
const headingPattern = /^(#{1,6}) +(.*?)(?: +#+)?$/;

/** Parts Markdown at its blank lines, leaving fenced code whole. */
export function markdownBlocks(markdown: string): MarkdownBlock[] {
  const blocks: MarkdownBlock[] = [];
  let path: { level: number; text: string }[] = [];
  let start: number | null = null;
  let fence: string | null = null;
  let at = 0;
  const endBlock = (end: number): void => {
    if (start === null) return;
    const cost = costOf(tokenSpans(markdown.slice(start, end), Infinity));
    blocks.push({ start, end, cost, headings: path.map(({ text }) => text) });
    start = null;
  };
  for (const line of markdown.split('\n')) {
    const end = at + line.length;
    const mark: string | undefined = fencePattern.exec(line)?.[1];
    if (fence !== null) {
      if (mark?.startsWith(fence) === true && line.trim() === mark) fence = null;
    } else if (mark !== undefined) {
      fence = mark;
      start ??= at;
    } else if (line.trim() === '') {
      endBlock(at - 1);
    } else {
      const heading = headingPattern.exec(line);
      if (heading) {
        endBlock(at - 1);
        const level = heading[1]?.length ?? 1;
        path = [...path.filter((above) => above.level < level), { level, text: heading[2] ?? '' }];
      }
      start ??= at;
    }
    at = end + 1;
  }
  endBlock(markdown.length);
  return blocks;
}
