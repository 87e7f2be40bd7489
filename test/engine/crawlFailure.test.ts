import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { CrawlFailure, retryability, type FailureReason } from '../../src/engine/crawlFailure';
import { httpFailure } from '../../src/engine/fetch/networkFailure';

/** The table of reasons in the engine's documentation: the reason, and whether a retry can help. */
function documented(): [string, string][] {
  const [, section = ''] = readFileSync('docs/engine.md', 'utf8').split('\n## Failures\n');
  return [...section.matchAll(/^\| `([a-z0-9-]+)`.*\| *(\w+)[^|]*\|$/gm)].map(([, reason, retry]) => [
    reason!,
    retry!,
  ]);
}

describe('the reasons of failures', () => {
  it('are documented, every one, and no others, with whether a retry can help', () => {
    assert.deepEqual(documented(), [...Object.entries(retryability), ['http-404', 'depends']]);
  });

  it('settle whether a retry can help, unless that depends', () => {
    for (const [reason, retry] of Object.entries(retryability) as [FailureReason, string][]) {
      for (const isRetryable of [true, false]) {
        const failure = new CrawlFailure(reason, 'It failed.', { isRetryable });
        assert.equal(failure.isRetryable, retry === 'depends' ? isRetryable : retry === 'yes', reason);
      }
      assert.equal(new CrawlFailure(reason, 'It failed.').isRetryable, retry === 'yes', reason);
    }
  });

  it('tell of a status whether it may pass', () => {
    const passing = [403, 404, 408, 410, 425, 429, 451, 500, 503].filter(
      (status) => httpFailure(new URL('https://site.example/'), status).isRetryable,
    );
    assert.deepEqual(passing, [408, 425, 429, 500, 503]);
  });
});
