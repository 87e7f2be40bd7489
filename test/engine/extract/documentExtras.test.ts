import assert from 'node:assert/strict';
import type { ExtractedPage } from '../../../src/engine/extract/extractTask';
import type { CrawlOptions, ExtractedDocument } from '../../../src/protocol/messages';
import { ReadingPool } from '../../support/readingPool';

const page = `<!doctype html><html><head><title>Kettle</title>
<meta property="og:type" content="product"><meta property="og:title" content="Kettle">
<link rel="canonical" href="/kettle"><meta name="robots" content="noindex, follow">
<script type="application/ld+json">{"@type":"Product","name":"Kettle","offers":{"price":"20"}}</script>
</head><body><main><h1 id="top">What whistles at home</h1><p>${'A kettle that boils water, and whistles. '.repeat(10)}</p>
<section id="use"><h3>Use</h3><p>${'Fill it and wait until it sings. '.repeat(10)}
<a href="/tea#leaf" rel="Nofollow Sponsored">Tea</a> <a href="/cups"><img src="/cup.png" alt="Cups"></a></p></section>
<div itemscope itemtype="https://schema.org/Offer"><span itemprop="price" content="20">20 €</span></div>
</main></body></html>`;

const pool = new ReadingPool();

before(() => pool.start());
after(() => pool.stop());

function read(options: CrawlOptions = {}, html = page, wantsDirections = false): Promise<ExtractedPage> {
  return pool.read(html, { url: 'https://shop.example/kettle?ref=1', options, wantsDirections });
}

describe('what a document has beyond the protocol', () => {
  it('outlines its headings, with what a link reaches them by', async () => {
    assert.deepEqual((await read()).document.headings, [
      { level: 1, text: 'What whistles at home', id: 'top' },
      { level: 3, text: 'Use', id: 'use' },
    ]);
  });

  it('tells of each link its words and how the page stands to it', async () => {
    assert.deepEqual((await read()).document.link_details, [
      { url: 'https://shop.example/tea', text: 'Tea', rel: ['nofollow', 'sponsored'] },
      { url: 'https://shop.example/cups', text: 'Cups', rel: [] },
    ]);
  });

  it('has what the page says for programs', async () => {
    assert.deepEqual((await read()).document.structured_data, {
      json_ld: [{ '@type': 'Product', name: 'Kettle', offers: { price: '20' } }],
      open_graph: { 'og:type': 'product', 'og:title': 'Kettle' },
      microdata: [{ type: 'https://schema.org/Offer', properties: { price: ['20'] } }],
    });
    assert.equal((await read({}, '<p>Nothing said.</p>')).document.structured_data, undefined);
  });

  it('keeps hostile data small', async () => {
    const deep = `{"@type":"Product","a":${'{"a":'.repeat(5000)}1${'}'.repeat(5000)}}`;
    const wide = `{"@type":"Product","b":[${'"xxxxxxxxxx",'.repeat(50_000)}""]}`;
    const { structured_data: data } = (
      await read({}, `<script type="application/ld+json">[${deep},${wide}]</script><p>x`)
    ).document;
    assert.ok(data && JSON.stringify(data).length < 64_000);
  });

  it('tells a crawler where it may go on', async () => {
    assert.equal((await read()).directions, null);
    const directions = {
      links: ['https://shop.example/cups'],
      nofollowLinks: ['https://shop.example/tea'],
      canonical: 'https://shop.example/kettle',
      isNoindex: true,
      isNofollow: false,
    };
    assert.deepEqual((await read({}, page, true)).directions, directions);
    assert.deepEqual((await read({ skip_extraction: true }, page, true)).directions, directions);
  });
});

/** Threads take their time. */
function withoutTiming(document: ExtractedDocument): ExtractedDocument {
  return { ...document, parser_metadata: null };
}

describe('options of a crawl', () => {
  it('choose what of a document is sent', async () => {
    const whole = withoutTiming((await read()).document);
    assert.ok(whole.text && whole.markdown && whole.html === undefined && whole.chunks === undefined);
    assert.deepEqual(withoutTiming((await read({ output_format: 'Text' })).document), {
      ...whole,
      markdown: null,
    });
    assert.equal((await read({ output_format: 'Markdown' })).document.text, '');
    assert.equal((await read({ output_format: 'Markdown' })).document.markdown, whole.markdown);
    assert.equal((await read({ render_mode: 'Markdown' })).document.text, '');
    assert.equal((await read({ render_mode: 'Html' })).document.html, page);
    assert.equal((await read({ render_mode: 'Html' })).document.text, whole.text);
  });

  it('part documents into chunks', async () => {
    const { document } = await read({ output_format: 'Chunked', token_chunk_max: 100 });
    assert.ok((document.chunks?.length ?? 0) >= 2);
    assert.deepEqual(document.chunks?.at(-1)?.headings.at(-1), 'Use');
  });
});
