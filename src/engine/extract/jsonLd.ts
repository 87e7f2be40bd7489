import type { SlimDocument } from './dom/slimDocument';

/** What a page says of itself as linked data (schema.org), as far as it is used. */
export interface LinkedData {
  headline: string | null;
  authors: string[];
  published: string | null;
  language: string | null;
  siteName: string | null;
  description: string | null;
  keywords: string[];
}

type Entity = Record<string, unknown>;

const articleType =
  /(?:Article|Posting|Report|NewsItem|Recipe|Review|APIReference|HowTo|Question|Course|Book|Product)$/;
const maxEntities = 500;

/** What the page's scripts of linked data hold; broken data is as good as none. */
export function parseLinkedData(document: SlimDocument): unknown[] {
  const scripts = document.getElementsByTagName('script');
  return scripts.flatMap((script) => {
    const json = script.textContent.replace(/^\s*(?:<!\[CDATA\[|<!--)|(?:\]\]>|-->)\s*$/g, '');
    try {
      return [JSON.parse(json) as unknown];
    } catch {
      return [];
    }
  });
}

/** Reads the first entity that describes the page's content, from any script of the page. */
export function readLinkedData(parsed: readonly unknown[]): LinkedData | null {
  const entities = parsed.flatMap(entitiesIn);
  const article = entities.find((entity) => strings(entity['@type']).some((type) => articleType.test(type)));
  if (!article) return null;
  return {
    headline: text(article.headline) ?? text(article.name),
    authors: [...new Set(names(article.author))],
    published: text(article.datePublished) ?? text(article.dateCreated),
    language: text(article.inLanguage),
    siteName: names(article.publisher)[0] ?? null,
    description: text(article.description),
    keywords: [
      ...strings(article.articleSection),
      ...strings(article.keywords).flatMap((words) => words.split(',')),
    ],
  };
}

function entitiesIn(parsed: unknown): Entity[] {
  const found: Entity[] = [];
  const waiting: unknown[] = [parsed];
  while (waiting.length > 0 && found.length < maxEntities) {
    const value = waiting.shift();
    if (Array.isArray(value)) waiting.push(...(value as unknown[]).slice(0, maxEntities));
    else if (isEntity(value)) {
      found.push(value);
      if (value['@graph'] !== undefined) waiting.push(value['@graph']);
      if (value.mainEntity !== undefined) waiting.push(value.mainEntity);
    }
  }
  return found;
}

function isEntity(value: unknown): value is Entity {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function text(value: unknown): string | null {
  return typeof value === 'string' && value.trim() ? value.trim() : null;
}

function strings(value: unknown): string[] {
  return (Array.isArray(value) ? value : [value]).filter((item) => typeof item === 'string');
}

/** Names of persons or organisations, given bare or as entities. */
function names(value: unknown): string[] {
  const items: unknown[] = Array.isArray(value) ? value : [value];
  return items
    .map((item) => (isEntity(item) ? text(item.name) : text(item)))
    .filter((name) => name !== null && !/^https?:/.test(name))
    .filter((name) => name !== null);
}
