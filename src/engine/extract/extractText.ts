import type { ExtractedDocument } from '../../protocol/messages';
import { countWords } from './countWords';
import { emptyDocument, readingTime } from './emptyDocument';

const proseTypes = new Set(['text/plain', 'text/markdown', 'text/x-markdown']);

/** Names that Markdown renderers know, where the media type is not one already. */
const languages = new Map([
  ['x-python', 'python'],
  ['x-shellscript', 'sh'],
  ['x-sh', 'sh'],
  ['x-c', 'c'],
  ['x-c++', 'cpp'],
  ['x-java-source', 'java'],
  ['x-yaml', 'yaml'],
  ['ecmascript', 'javascript'],
  ['tab-separated-values', 'tsv'],
]);

/** Text that is no markup is handed on as it is; code and data stand in a fenced block of Markdown. */
export function extractText(text: string, url: string, mediaType: string): ExtractedDocument {
  const startedAt = performance.now();
  const isProse = proseTypes.has(mediaType) || !/json|xml|^text\//.test(mediaType);
  const wordCount = countWords(text);
  return {
    ...emptyDocument(url),
    title: mediaType.endsWith('markdown') ? firstHeading(text) : null,
    text,
    markdown: isProse ? text : fenced(text, languageOf(mediaType)),
    quality_score: wordCount === 0 ? 0 : 50,
    reading_time: readingTime(wordCount),
    word_count: wordCount,
    parser_metadata: {
      parser_used: 'text',
      confidence_score: 1,
      fallback_occurred: false,
      parse_time_ms: Math.round(performance.now() - startedAt),
      extraction_path: 'text',
      primary_error: null,
    },
  };
}

function firstHeading(markdown: string): string | null {
  return /^# +(.+?)(?: +#+)?$/m.exec(markdown.slice(0, 10_000))?.[1] ?? null;
}

/** `application/ld+json` → json, `text/x-rust` → rust. */
function languageOf(mediaType: string): string {
  const subtype = mediaType.slice(mediaType.indexOf('/') + 1);
  const name = subtype.slice(subtype.lastIndexOf('+') + 1);
  return languages.get(subtype) ?? languages.get(name) ?? name.replace(/^x-/, '');
}

/** The fence is longer than any run of backticks in the text. */
function fenced(text: string, language: string): string {
  const longest = (text.match(/`{3,}/g) ?? []).reduce((length, run) => Math.max(length, run.length), 2);
  const fence = '`'.repeat(longest + 1);
  return `${fence}${language}\n${text.replace(/\n$/, '')}\n${fence}`;
}
