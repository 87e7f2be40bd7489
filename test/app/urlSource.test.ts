import assert from 'node:assert/strict';
import { withReach } from '../../src/app/urlSource';
import type { CrawlOptions } from '../../src/protocol/messages';

describe('the reach of a crawl that another extension starts', () => {
  it('is public unless it says that the user typed the URLs', () => {
    const options: CrawlOptions = { concurrency: 2 };
    assert.deepEqual(withReach(options), { concurrency: 2, public_only: true });
    assert.deepEqual(withReach(options, {}), { concurrency: 2, public_only: true });
    assert.deepEqual(withReach(options, { isTypedByUser: false }), { concurrency: 2, public_only: true });
    assert.deepEqual(withReach(options, { isTypedByUser: true }), options);
  });

  it('is not widened by an option of the wire, and may be narrowed by it', () => {
    assert.equal(withReach({ public_only: false }).public_only, true);
    assert.equal(withReach({ public_only: true }, { isTypedByUser: true }).public_only, true);
  });
});
