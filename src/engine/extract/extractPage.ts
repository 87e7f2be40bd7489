import type { ExtractedDocument } from '../../protocol/messages';
import { chunkDocument, chunkingOf } from './chunk/chunkDocument';
import { BinaryBodyError, decodeBody } from './decodeBody';
import { emptyDocument } from './emptyDocument';
import { extractHtml } from './extractHtml';
import type { ExtractedPage, ExtractTask } from './extractTask';
import { extractText } from './extractText';
import { extractPdf, isPdf } from './pdf/extractPdf';
import { parseHtml } from './dom/parseHtml';
import { readDirections, type PageDirections } from './pageDirections';
import { pageLinks } from './pageUrls';

/** A result travels as one message of at most 10 MB, in which a character takes up to three bytes. */
const maxTextLength = 1_000_000;
const maxRawLength = 3_000_000;

const markupTypes = new Set(['text/html', 'application/xhtml+xml']);
/** Types under which pages are found that are HTML after all. */
const vagueTypes = /^(?:$|\*\/\*|.*unknown|application\/octet-stream|(?:text|application)\/xml$)/;
const startLength = 1024;

/**
 * Reads a fetched page.
 *
 * @throws BinaryBodyError when the body is no text.
 * @throws CrawlFailure `needs-javascript`, and `extraction-failed` for a PDF without text.
 */
export async function extractPage(task: ExtractTask): Promise<ExtractedPage> {
  const { url, wantsDirections } = task;
  if (isPdf(task.body) && task.options.skip_extraction !== true) {
    return { document: shaped(await extractPdf(task.body, url), task), directions: null };
  }
  if (task.options.render_mode === 'Pdf') throw new BinaryBodyError('The page is no PDF.');
  const mediaType = task.mediaType.toLowerCase();
  const isMarkup = markupTypes.has(mediaType) || (vagueTypes.test(mediaType) && looksLikeHtml(task.body));
  const content = decodeBody(task.body, task.charset, isMarkup);
  if (task.options.skip_extraction === true) {
    const document = { ...emptyDocument(url), html: content.slice(0, maxRawLength) };
    return { document, directions: wantsDirections && isMarkup ? directionsOf(content, url) : null };
  }
  if (!isMarkup) return { document: shaped(extractText(content, url, mediaType), task), directions: null };
  const { document, directions } = extractHtml(content, url, task.renderMs !== null);
  if (task.options.render_mode === 'Html') document.html = content.slice(0, maxRawLength);
  return { document: shaped(document, task), directions: wantsDirections ? directions : null };
}

/** What the crawl's options leave of a document, and add to it. */
function shaped(whole: ExtractedDocument, { options }: ExtractTask): ExtractedDocument {
  const document = cut(whole);
  const chunking = chunkingOf(options);
  if (chunking) document.chunks = chunkDocument(document, chunking);
  if (options.output_format === 'Text') return { ...document, markdown: null };
  const isMarkdownAlone = options.output_format === 'Markdown' || options.render_mode === 'Markdown';
  return isMarkdownAlone ? { ...document, text: '' } : document;
}

function directionsOf(html: string, url: string): PageDirections {
  const page = parseHtml(html, url);
  return readDirections(page, pageLinks(page));
}

function looksLikeHtml(body: Uint8Array): boolean {
  const start = new TextDecoder('latin1').decode(body.subarray(0, startLength));
  return /<(?:!doctype html|html|head|body|title|h1|div|p|table)[\s>]/i.test(start);
}

function cut(document: ExtractedDocument): ExtractedDocument {
  const { text, markdown, parser_metadata: parser } = document;
  if (text.length <= maxTextLength && (markdown ?? '').length <= maxTextLength) return document;
  const primaryError = `The text was cut at ${maxTextLength} characters.`;
  return {
    ...document,
    text: text.slice(0, maxTextLength),
    markdown: markdown?.slice(0, maxTextLength) ?? null,
    ...(parser && { parser_metadata: { ...parser, primary_error: primaryError } }),
  };
}
