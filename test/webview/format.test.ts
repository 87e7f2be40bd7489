import assert from 'node:assert/strict';
import type { CrawlRecord } from '../../src/store/records';
import type { PanelStrings } from '../../src/panel/panelMessages';
import { Announcer } from '../../src/webview/announcer';
import { createFormats, elapsedMs, fillIn, formatElapsed } from '../../src/webview/format';
import { decodePanelMemory } from '../../src/panel/panelMemory';

const formats = createFormats('en');

function crawl(state: CrawlRecord['state'], succeeded = 1): CrawlRecord {
  const counts = { asked: 3, succeeded, failed: 1, skipped: 0, outstanding: 2 - succeeded };
  return {
    id: 'a',
    title: 'a',
    server: 'built-in',
    site: null,
    options: {},
    elapsedBeforeMs: 0,
    startedAtMs: 1_000,
    state,
    counts,
  };
}

describe('the panel’s figures', () => {
  it('writes sizes, times and rates in their unit', () => {
    assert.equal(formats.size(1_023), '1,023 B');
    assert.equal(formats.size(1_024), '1.0 KB');
    assert.equal(formats.size(1024 * 1024 - 1), '1.0 MB');
    assert.equal(formats.duration(999), '999 ms');
    assert.equal(formats.duration(12_345), '12.3 s');
    assert.equal(formats.rate(0.25), '0.3');
    assert.equal(formats.rate(123.4), '123');
  });

  it('falls back to English where the language is none', () => {
    assert.equal(createFormats('not a language').count(1_234), '1,234');
  });

  it('writes elapsed time as a clock does', () => {
    assert.equal(formatElapsed(-5), '0:00');
    assert.equal(formatElapsed(61_900), '1:01');
    assert.equal(formatElapsed(3_661_000), '1:01:01');
  });

  it('knows no length of a crawl that nobody saw end', () => {
    assert.equal(elapsedMs(crawl({ kind: 'running' }), 4_000), 3_000);
    assert.equal(elapsedMs(crawl({ kind: 'completed', endedAtMs: 2_500 }), 9_000), 1_500);
    assert.equal(elapsedMs(crawl({ kind: 'interrupted' }), 9_000), null);
  });

  it('fills in texts, and leaves alone what it has no value for', () => {
    assert.equal(fillIn('{0} of {1}, {2}', '1', '$&'), '1 of $&, {2}');
  });
});

describe('Announcer', () => {
  const strings = new Proxy(
    {},
    { get: (_, name) => (name === 'progress' ? '{0} of {1}' : name) },
  ) as PanelStrings;

  it('speaks each state at once, and progress only now and then', () => {
    const announcer = new Announcer();
    const next = (record: CrawlRecord, nowMs: number) => announcer.next(record, strings, formats, nowMs);
    assert.equal(next(crawl({ kind: 'running' }), 0), 'running, 2 of 3, succeeded 1, failed 1');
    assert.equal(next(crawl({ kind: 'running' }, 2), 1_000), null);
    assert.match(next(crawl({ kind: 'running' }, 2), 15_000) ?? '', /^running, 3 of 3/);
    assert.equal(next(crawl({ kind: 'running' }, 2), 40_000), null);
    assert.match(next(crawl({ kind: 'completed', endedAtMs: 1 }, 2), 40_001) ?? '', /^completed/);
  });
});

describe('decodePanelMemory', () => {
  it('reads what the panel wrote, and nothing else', () => {
    const memory = { crawlId: 'a', text: '', outcome: 'all', scrollTop: 0 };
    assert.deepEqual(decodePanelMemory({ ...memory, other: 1 }), memory);
    for (const wrong of [null, 1, {}, { ...memory, outcome: 'x' }, { ...memory, scrollTop: Number.NaN }]) {
      assert.equal(decodePanelMemory(wrong), null);
    }
  });
});
