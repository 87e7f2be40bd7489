import type { ExtractedDocument } from '../../protocol/messages';
import { CrawlFailure } from '../crawlFailure';
import { articleText } from './articleText';
import { removeLineNumbers } from './codeBlocks';
import { countWords } from './countWords';
import { parseHtml } from './dom/parseHtml';
import type { SlimDocument } from './dom/slimDocument';
import { emptyDocument, readingTime } from './emptyDocument';
import type { ExtractedPage } from './extractTask';
import type { FoundArticle } from './findArticle';
import { findArticle } from './findArticle';
import { writeFormulas } from './formulas';
import { parseLinkedData } from './jsonLd';
import { readOutline } from './outline';
import { readDirections } from './pageDirections';
import { readMetadata } from './pageMetadata';
import { pageLinks, pageMedia } from './pageUrls';
import { prepareMarkdown } from './prepareMarkdown';
import { qualityScore } from './qualityScore';
import { isScriptShell } from './scriptShell';
import { readStructuredData } from './structuredData';
import { toMarkdown } from './toMarkdown';
import { unshield } from './verbatim';

/** Text and relations of more would outweigh what the page says. */
const maxLinkDetails = 500;

const confidence = { article: 0.9, main: 0.75, body: 0.4 } as const;

/**
 * Reads everything out of an HTML page.
 *
 * @param isRendered The page is what a browser made of it.
 * @throws {CrawlFailure} `needs-javascript`.
 */
export function extractHtml(html: string, url: string, isRendered: boolean): ExtractedPage {
  const startedAt = performance.now();
  const parse = (): SlimDocument => {
    const whole = parseHtml(html, url);
    writeFormulas(whole);
    return whole;
  };
  const page = parse();
  const linkedData = parseLinkedData(page);
  const metadata = readMetadata(page, linkedData);
  const structuredData = readStructuredData(page, linkedData);
  const links = pageLinks(page);
  const directions = readDirections(page, links);
  const media = pageMedia(page);
  const article = findArticle(page, metadata.title ?? '', parse);
  removeLineNumbers(article.root);
  const text = articleText(article.root);
  const wordCount = countWords(text);
  if (!isRendered && isScriptShell(wordCount, parse)) throw needsJavaScript();
  const headings = readOutline(article.root);
  const quality = qualityScore(article, wordCount, metadata);
  const document: ExtractedDocument = {
    ...emptyDocument(url),
    title: metadata.title,
    text,
    markdown: unshield(toMarkdown(prepareMarkdown(article.root))),
    byline: metadata.byline ?? article.byline,
    published_iso: metadata.publishedIso,
    language: metadata.language,
    site_name: metadata.siteName,
    description: metadata.description,
    links: links.map((link) => link.url),
    media,
    categories: metadata.categories,
    quality_score: quality,
    reading_time: readingTime(wordCount),
    word_count: wordCount,
    parser_metadata: {
      parser_used: article.path,
      confidence_score: confidenceOf(article, wordCount),
      fallback_occurred: article.primaryError !== null,
      parse_time_ms: Math.round(performance.now() - startedAt),
      extraction_path: article.primaryError === null ? article.path : `article > ${article.path}`,
      primary_error: article.primaryError,
    },
    ...(headings.length > 0 && { headings }),
    ...(links.length > 0 && { link_details: links.slice(0, maxLinkDetails) }),
    ...(structuredData && { structured_data: structuredData }),
  };
  return { document, directions };
}

function needsJavaScript(): CrawlFailure {
  const message =
    'The page has no text until scripts fill it in a browser. Turn on rendering (setting ' +
    'riptide.engine.renderPages, or --render on the command line) to have an installed browser do that.';
  return new CrawlFailure('needs-javascript', message);
}

/** A handful of words may be anything, however they were found. */
function confidenceOf(article: FoundArticle, wordCount: number): number {
  return wordCount < 40 ? confidence[article.path] / 2 : confidence[article.path];
}
