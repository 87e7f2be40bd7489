import assert from 'node:assert/strict';
import { makeEastAsianPdf, makePdf, type PdfText } from '../../support/makePdf';
import { ReadingPool } from '../../support/readingPool';

function page(number: number): PdfText[] {
  const line = (text: string, y: number, size = 12): PdfText => ({ text, size, x: 72, y });
  return [
    line(`Annual report   Page ${number}`, 780, 9),
    line(`Chapter ${number}`, 720, 20),
    line('The harbour was quiet when the ships came in and the light-', 690),
    line('house stood dark (as ever).', 676),
    line('A second paragraph begins here.', 640),
  ];
}

describe('a PDF', () => {
  const pool = new ReadingPool();

  before(() => pool.start());
  after(() => pool.stop());

  it('is read page by page, with headings, whole words and no running heads', async () => {
    const facts = { Title: 'Ships', Author: 'Ann Writer', CreationDate: "D:20240501120000+02'00'" };
    const { document, directions } = await pool.read(makePdf([1, 2, 3].map(page), facts), {
      mediaType: 'application/pdf',
    });
    assert.equal(directions, null);
    assert.deepEqual(
      [document.title, document.byline, document.published_iso, document.parser_metadata?.parser_used],
      ['Ships', 'Ann Writer', '2024-05-01T12:00:00+02:00', 'pdf'],
    );
    const chapter = (number: number) =>
      `# Chapter ${number}\n\nThe harbour was quiet when the ships came in and the lighthouse stood dark (as ever).\n\n` +
      'A second paragraph begins here.';
    assert.equal(document.markdown, [1, 2, 3].map(chapter).join('\n\n'));
    assert.ok(document.word_count === 69 && !document.text.includes('Annual'));
  });

  it('is read when its fonts name a published table of characters', async () => {
    const ucs2 = (text: string): string => Buffer.from(text, 'utf16le').swap16().toString('hex');
    const pdfs: [encoding: string, ordering: string, hex: string, text: string][] = [
      ['UniGB-UCS2-H', 'GB1', ucs2('你好世界'), '你好世界'],
      ['GBK-EUC-H', 'GB1', 'c4e3bac3', '你好'],
      ['90ms-RKSJ-H', 'Japan1', '93fa967b8cea', '日本語'],
      ['KSCms-UHC-H', 'Korea1', 'c7d1b1db', '한글'],
      ['ETen-B5-H', 'CNS1', 'a4a4a4e5', '中文'],
    ];
    for (const [encoding, ordering, hex, text] of pdfs) {
      const { document } = await pool.read(makeEastAsianPdf(encoding, ordering, hex));
      assert.equal(document.text, text);
    }
  });

  it('fails with a reason when its fonts name a table that nobody knows', async () => {
    await assert.rejects(pool.read(makeEastAsianPdf('../../package.json', 'GB1', 'c4e3bac3')), {
      reason: 'extraction-failed',
    });
  });

  it('is known by its bytes, whatever it is sent as', async () => {
    const { document } = await pool.read(makePdf([page(1)]), { mediaType: 'application/octet-stream' });
    assert.equal(document.title, 'Chapter 1');
  });

  it('fails with a reason when it has no text, is broken, or is none', async () => {
    const failures: [Uint8Array, RegExp][] = [
      [makePdf([[]]), /no text: its pages are pictures/],
      [Buffer.from('%PDF-1.7\nnothing'), /could not be read/],
      [Buffer.from('<p>Hello</p>'), /is no PDF/],
    ];
    for (const [body, message] of failures) {
      await assert.rejects(pool.read(body, { options: { render_mode: 'Pdf' } }), {
        reason: 'extraction-failed',
        message,
      });
    }
  });

  it('is parted into chunks as other pages are', async () => {
    const { document } = await pool.read(makePdf([1, 2, 3].map(page)), {
      options: { output_format: 'Chunked' },
    });
    assert.ok(document.chunks && document.chunks.length >= 1);
  });
});
