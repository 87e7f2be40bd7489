import type {
  ChunkingConfig,
  CrawlOptions,
  DocumentChunk,
  ExtractedDocument,
} from '../../../protocol/messages';
import { markdownBlocks, type MarkdownBlock } from './markdownBlocks';
import { packSpans, type Packing } from './packSpans';
import { sentenceSpans } from './sentences';
import { costOf, tokenSpans, type Span } from './tokens';
import { topicBoundaries } from './topicBoundaries';

const defaultSize = 1200;
const defaultOverlap = 120;
/** Smaller chunks would be more wrapping than text. */
const minSize = 16;
const maxWindow = 50;
const maxSmoothing = 10;
const defaultTopic = { window_size: 10, smoothing_passes: 2, topic_chunking: true };

/** How a crawl wants its documents parted; `null` when it does not. */
export function chunkingOf(options: CrawlOptions): ChunkingConfig | null {
  if (options.chunking_config) return options.chunking_config;
  if (options.output_format !== 'Chunked') return null;
  return {
    chunking_mode: 'html-aware',
    chunk_size: options.token_chunk_max ?? defaultSize,
    overlap_size: options.token_overlap ?? defaultOverlap,
    min_chunk_size: minSize,
  };
}

/** Parts a document's text, or its Markdown when `html-aware`, into chunks. */
export function chunkDocument(document: ExtractedDocument, config: ChunkingConfig): DocumentChunk[] {
  const size = Math.max(minSize, config.chunk_size);
  const packing: Packing = {
    size,
    // With more, chunks would outweigh what they are made of.
    overlap: Math.min(config.overlap_size, Math.floor(size / 2)),
    minSize: Math.min(config.min_chunk_size, size),
  };
  if (config.chunking_mode === 'html-aware') return structureChunks(document.markdown ?? '', packing);
  const { text } = document;
  const groups = textGroups(text, config, packing);
  return groups.map((group) => chunkOf(text, group, []));
}

function textGroups(text: string, config: ChunkingConfig, packing: Packing): Span[][] {
  const tokens = tokenSpans(text, packing.size);
  const sentences = (): Span[] =>
    sentenceSpans(text, tokens).flatMap((sentence) => fitting(text, sentence, packing.size));
  const topic = config.topic_config ?? defaultTopic;
  switch (config.chunking_mode) {
    case 'fixed':
      return packSpans(keepsSentences(config) ? sentences() : tokens, { ...packing, overlap: 0 });
    case 'topic':
      return topic.topic_chunking
        ? topicGroups(text, sentences(), topic, packing)
        : packSpans(sentences(), packing);
    case 'sentence':
      return packSpans(sentences(), packing);
    default:
      return packSpans(keepsSentences(config) ? sentences() : tokens, packing);
  }
}

function keepsSentences(config: ChunkingConfig): boolean {
  return config.preserve_sentences !== false;
}

/** The words of what is too large to stay whole, else itself. */
function fitting(source: string, span: Span, size: number): Span[] {
  if (span.cost <= size) return [span];
  const words = tokenSpans(source.slice(span.start, span.end), size);
  return words.map((word) => ({ ...word, start: word.start + span.start, end: word.end + span.start }));
}

function topicGroups(
  text: string,
  sentences: readonly Span[],
  topic: { window_size: number; smoothing_passes: number },
  packing: Packing,
): Span[][] {
  const boundaries = topicBoundaries(text, sentences, {
    windowSize: Math.min(maxWindow, Math.max(1, topic.window_size)),
    smoothingPasses: Math.min(maxSmoothing, topic.smoothing_passes),
  });
  const topics = runs(sentences, (_, at) => boundaries.has(at), packing.minSize);
  return topics.flatMap((spans) => packSpans(spans, packing));
}

/** Each section by itself, unless it is too small to stand alone. */
function structureChunks(markdown: string, packing: Packing): DocumentChunk[] {
  const blocks = markdownBlocks(markdown);
  const headingsAt = new Map<number, string[]>();
  const beginsSection = ({ headings }: MarkdownBlock, at: number): boolean =>
    headings.join('\n') !== (blocks[at - 1]?.headings ?? []).join('\n');
  const spans = blocks.map((block) => {
    const fitted = fitting(markdown, block, packing.size);
    for (const { start } of fitted) headingsAt.set(start, block.headings);
    return fitted;
  });
  const sections = runs(blocks, beginsSection, packing.minSize);
  let at = 0;
  return sections.flatMap((section) => {
    const fitted = spans.slice(at, (at += section.length)).flat();
    return packSpans(fitted, packing).map((group) =>
      chunkOf(markdown, group, headingsAt.get(group[0]?.start ?? 0) ?? []),
    );
  });
}

/** Parts spans where `begins` says so, once what came before costs at least `minSize`. */
function runs<S extends Span>(
  spans: readonly S[],
  begins: (span: S, at: number) => boolean,
  leastCost: number,
): S[][] {
  const parted: S[][] = [];
  let run: S[] = [];
  let cost = 0;
  spans.forEach((span, at) => {
    if (run.length > 0 && cost >= leastCost && begins(span, at)) {
      parted.push(run);
      run = [];
      cost = 0;
    }
    run.push(span);
    cost += span.cost;
  });
  if (run.length > 0) parted.push(run);
  return parted;
}

function chunkOf(source: string, group: readonly Span[], headings: string[]): DocumentChunk {
  const start = group[0]?.start ?? 0;
  const end = group.at(-1)?.end ?? start;
  return { text: source.slice(start, end), start, end, token_count: costOf(group), headings };
}
