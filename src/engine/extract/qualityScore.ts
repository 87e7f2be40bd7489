import type { SlimElement } from './dom/slimElement';
import { headingTags } from './dom/tags';
import type { FoundArticle } from './findArticle';
import { linkDensity } from './linkDensity';
import type { PageMetadata } from './pageMetadata';

const fullLengthWords = 600;
const pathPoints = { article: 10, main: 8, body: 2 } as const;
const richTags = new Set(['pre', 'table', 'ul', 'ol', 'dl', 'img', 'blockquote']);

/**
 * How good a page's content came out, 0 to 100; 0 for a page without text.
 *
 * - up to 40: length, on a log scale that is full at 600 words
 * - up to 20: share of the text that is not in links
 * - up to 15: structure (5 each for three paragraphs, a heading, a list, table, image or code block)
 * - up to 15: metadata (title 5, byline 3, date 3, description 2, language 2)
 * - up to 10: how the content was told from what is around it (see `FoundArticle.path`)
 */
export function qualityScore(article: FoundArticle, wordCount: number, metadata: PageMetadata): number {
  if (wordCount === 0) return 0;
  const length = 40 * Math.min(1, Math.log(1 + wordCount) / Math.log(1 + fullLengthWords));
  const prose = 20 * (1 - linkDensity(article.root));
  const found = pathPoints[article.path];
  return Math.round(length + prose + structurePoints(article.root) + metadataPoints(metadata) + found);
}

function structurePoints(root: SlimElement): number {
  const paragraphs = root.getElementsByTagName('p').length;
  const hasHeading = root.find(({ localName }) => headingTags.has(localName)) !== null;
  const isRich = root.find(({ localName }) => richTags.has(localName)) !== null;
  return (paragraphs >= 3 ? 5 : 0) + (hasHeading ? 5 : 0) + (isRich ? 5 : 0);
}

function metadataPoints(metadata: PageMetadata): number {
  return (
    (metadata.title ? 5 : 0) +
    (metadata.byline ? 3 : 0) +
    (metadata.publishedIso ? 3 : 0) +
    (metadata.description ? 2 : 0) +
    (metadata.language ? 2 : 0)
  );
}
