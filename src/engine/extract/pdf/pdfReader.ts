import { getDocumentProxy } from 'unpdf';
import type { ReadCharacterMap } from './characterMaps';
import { toLines, type PdfLine, type PdfPage, type PlacedText } from './pdfLines';
import { pdfMarkdown, type PdfText } from './pdfMarkdown';

type Pdf = Awaited<ReturnType<typeof getDocumentProxy>>;

export interface PdfDocument extends PdfText {
  author: string | null;
  /** ISO 8601. */
  createdIso: string | null;
  language: string | null;
  /** Web addresses that the text links to, each once. */
  links: string[];
  pageCount: number;
  /** Fewer than `pageCount` when time or room ran out. */
  pagesRead: number;
}

/** The thread that reads has 15 s in all. */
const timeBudgetMs = 10_000;
const maxCharacters = 1_000_000;
const maxLinks = 5_000;

/**
 * Reads the text of a PDF, page by page for as long as there is time. An entry of its own, loaded when the first PDF
 * comes: it is larger than everything else together.
 */
export async function readPdf(body: Uint8Array, readCharacterMap: ReadCharacterMap): Promise<PdfDocument> {
  const deadlineMs = performance.now() + timeBudgetMs;
  const pdf = await getDocumentProxy(body, {
    disableFontFace: true,
    useSystemFonts: false,
    verbosity: 0,
    useWorkerFetch: false,
    // No folder, but without a name for one nothing is asked for.
    cMapUrl: 'maps/',
    BinaryDataFactory: dataFactory(readCharacterMap),
  });
  const links = new Set<string>();
  const pages: PdfPage[] = [];
  let characters = 0;
  for (let number = 1; number <= pdf.numPages; number++) {
    const page = await pdf.getPage(number);
    const lines = await linesOf(page);
    for (const url of await linksOf(page)) if (links.size < maxLinks) links.add(url);
    page.cleanup();
    pages.push({ lines, height: page.view[3] ?? 0 });
    characters += lines.reduce((sum, { text }) => sum + text.length, 0);
    if (characters > maxCharacters || performance.now() > deadlineMs) break;
  }
  const facts = await factsOf(pdf);
  const content = pdfMarkdown(pages);
  return {
    ...content,
    ...facts,
    title: facts.title ?? content.title,
    links: [...links],
    pageCount: pdf.numPages,
    pagesRead: pages.length,
  };
}

/** What the parser makes one of for each PDF, and asks for all that it needs from outside. */
function dataFactory(readCharacterMap: ReadCharacterMap): object {
  return class {
    fetch({ kind, filename }: { kind: string; filename: string }): Promise<Uint8Array> {
      if (kind !== 'cMapUrl') return Promise.reject(new Error(`There is no ${kind}.`));
      return new Promise((resolve) => resolve(readCharacterMap(filename)));
    }
  };
}

type Page = Awaited<ReturnType<Pdf['getPage']>>;

async function linesOf(page: Page): Promise<PdfLine[]> {
  const { items } = await page.getTextContent();
  const pieces: PlacedText[] = [];
  for (const item of items) {
    // Marks of structure have no text.
    if (!('str' in item)) continue;
    const [, , skew, scale, x, y] = item.transform as [number, number, number, number, number, number];
    const size = Math.round(Math.hypot(skew, scale) * 2) / 2;
    pieces.push({ text: item.str, x, y, size });
  }
  return toLines(pieces);
}

async function linksOf(page: Page): Promise<string[]> {
  const annotations = (await page.getAnnotations()) as { url?: unknown }[];
  return annotations
    .map(({ url }) => url)
    .filter((url) => typeof url === 'string')
    .filter((url) => /^https?:\/\//.test(url));
}

async function factsOf(pdf: Pdf) {
  const { info } = await pdf.getMetadata();
  const facts = info as Record<string, unknown>;
  return {
    title: textOf(facts.Title),
    author: textOf(facts.Author),
    createdIso: isoOf(facts.CreationDate),
    language: textOf(facts.Language),
  };
}

function textOf(value: unknown): string | null {
  if (typeof value !== 'string') return null;
  const text = value.replace(/\s+/g, ' ').trim();
  // Word processors leave the name of a file where nobody wrote a title.
  return text === '' || /^(?:untitled|microsoft word - .*|.*\.(?:docx?|dvi|tex|indd|pdf))$/i.test(text)
    ? null
    : text;
}

/** `D:20240501120000+02'00'` → `2024-05-01T12:00:00+02:00`. */
function isoOf(value: unknown): string | null {
  if (typeof value !== 'string') return null;
  const match = /^D:(\d{4})(\d\d)(\d\d)(?:(\d\d)(\d\d)(\d\d)?(?:Z|([+-]\d\d)'?(\d\d)?)?)?/.exec(value);
  if (!match) return null;
  const [, year = '', month = '', day = '', hours, minutes, seconds = '00', zoneHours, zoneMinutes = '00'] =
    match;
  const date = `${year}-${month}-${day}`;
  if (hours === undefined || minutes === undefined) return date;
  return `${date}T${hours}:${minutes}:${seconds}${zoneHours === undefined ? 'Z' : `${zoneHours}:${zoneMinutes}`}`;
}
