/**
 * Tells how much of an article's structure its Markdown keeps, and how much of a page's text extraction finds, beside
 * Readability on a full DOM:
 *
 *   npx tsx test/bench/fidelity.ts [PAGES-FOLDER]
 *
 * On generated pages of many kinds the reference is the content that was put into them. PAGES-FOLDER may hold
 * `<id>.html.gz` of real pages: there the reference is the article as it was found, before it is converted.
 */
import { Readability } from '@mozilla/readability';
import { parseHTML } from 'linkedom';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { articleText } from '../../src/engine/extract/articleText';
import type { SlimElement } from '../../src/engine/extract/dom/slimElement';
import { parseHtml } from '../../src/engine/extract/dom/parseHtml';
import { findArticle } from '../../src/engine/extract/findArticle';
import type { ExtractedDocument } from '../../src/protocol/messages';
import { ReadingPool } from '../support/readingPool';
import { generatePage, pageKinds, type PageKind } from './generatedPages';
import { keptOf, structureNames, structuresIn, structuresOf, type Structures } from './markdownCounts';

const pagesOfKind = 12;
const url = 'https://site.example/guide/page';

class Tally {
  private readonly kept = new Map<string, [kept: number, wanted: number]>();

  add(wanted: Structures, found: Structures): void {
    for (const name of structureNames as readonly (keyof Structures)[]) {
      const [kept, all] = this.kept.get(name) ?? [0, 0];
      this.kept.set(name, [kept + keptOf(wanted[name], found[name]), all + wanted[name].length]);
    }
  }

  toString(): string {
    return [...this.kept]
      .filter(([, [, all]]) => all > 0)
      .map(([name, [kept, all]]) => `${name} ${(kept / all).toFixed(3)} of ${all}`)
      .join(', ');
  }
}

/** F1 over runs of four words. */
function textScore(truth: string, found: string): number {
  const wanted = wordRuns(truth);
  const got = wordRuns(found);
  const common = keptOf(wanted, got);
  return common === 0 ? 0 : (2 * common) / (wanted.length + got.length);
}

function wordRuns(text: string): string[] {
  const words = text.match(/[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]|[\p{L}\p{N}_]+/gu) ?? [];
  return words.slice(3).map((_, at) => words.slice(at, at + 4).join(' '));
}

async function main(): Promise<void> {
  const pool = new ReadingPool();
  await pool.start();
  const read = async (html: string): Promise<ExtractedDocument> =>
    (await pool.read(html, { url, charset: 'utf-8' })).document;
  await measureGenerated(read);
  const [folder] = process.argv.slice(2);
  if (folder !== undefined) await measureFolder(folder, read);
  await pool.stop();
}

async function measureGenerated(read: (html: string) => Promise<ExtractedDocument>): Promise<void> {
  const all = new Tally();
  for (const kind of pageKinds as readonly PageKind[]) {
    const tally = new Tally();
    let ours = 0;
    let theirs = 0;
    for (let seed = 1; seed <= pagesOfKind; seed++) {
      const { html, content } = generatePage(kind, seed);
      const truth = parseHtml(content.replaceAll('\u0000', ''), url);
      const wanted = structuresOf(truth.body);
      const document = await read(html);
      const found = structuresIn(document.markdown ?? '');
      tally.add(wanted, found);
      all.add(wanted, found);
      const isFurniture = ({ localName, className }: SlimElement): boolean =>
        localName === 'button' || className === 'linenos';
      for (const element of truth.body.select(isFurniture)) element.remove();
      const text = articleText(truth.body);
      ours += textScore(text, document.text) / pagesOfKind;
      theirs += textScore(text, readabilityText(html)) / pagesOfKind;
    }
    console.log(
      `${kind}: text F1 ${ours.toFixed(3)}, Readability ${theirs.toFixed(3)}; kept ${tally.toString()}`,
    );
  }
  console.log(`all generated pages: kept ${all.toString()}`);
}

/** What Readability finds on a full DOM, its blocks parted as ours are. */
function readabilityText(html: string): string {
  const window: object = parseHTML(html);
  const article = new Readability((window as { document: never }).document).parse();
  return articleText(parseHtml(article?.content ?? '', url).body);
}

async function measureFolder(
  folder: string,
  read: (html: string) => Promise<ExtractedDocument>,
): Promise<void> {
  const tally = new Tally();
  const names = readdirSync(folder).filter((name) => name.endsWith('.html.gz'));
  for (const name of names) {
    const html = gunzipSync(readFileSync(join(folder, name))).toString('utf8');
    const page = parseHtml(html, url);
    const article = findArticle(page, page.title, () => parseHtml(html, url));
    tally.add(structuresOf(article.root), structuresIn((await read(html)).markdown ?? ''));
  }
  console.log(`${names.length} pages of ${folder}: kept ${tally.toString()}`);
}

void main();
