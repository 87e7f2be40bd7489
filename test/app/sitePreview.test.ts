import assert from 'node:assert/strict';
import { previewDocument } from '../../src/app/previewDocument';
import { previewSite, type SitePreview } from '../../src/app/sitePreview';
import { readSiteOptions } from '../../src/app/siteSettings';
import type { FoundPage, SkipRule } from '../../src/protocol/messages';
import { RipTideClient } from '../../src/client/ripTideClient';
import { startEngine } from '../support/builtEngine';
import { ClientBench } from '../support/clientBench';
import { FakeSite, home } from '../support/fakeSite';
import { startLocalSite } from '../support/localSite';

const site = readSiteOptions(() => undefined);

function found(index: number, rule: SkipRule, message: string): FoundPage {
  return { index, url: `${home}${index}`, depth: 1, found_on: home, skipped: { rule, message } };
}

describe('the preview of a site crawl', () => {
  const bench = new ClientBench();
  afterEach(() => bench.end());

  it('asks for a dry run, and has what was found with the rule of each', async () => {
    const script = new FakeSite({ [home]: [`${home}a`, 'https://other.example/'] });
    const server = await bench.serve(script);
    const source = {
      name: server.address,
      withClient: (
        _signal: AbortSignal,
        work: (client: ReturnType<ClientBench['client']>) => Promise<void>,
      ) => work(bench.client(server.address)),
    };
    const counts: number[] = [];
    const preview = await previewSite(source, [home], site, new AbortController().signal, (count) =>
      counts.push(count),
    );
    assert.equal(script.requests[0]?.site?.is_dry_run, true);
    assert.deepEqual(
      preview.pages.map(({ url, skipped }) => [url, skipped?.rule]),
      [
        [`${home}a`, undefined],
        ['https://other.example/', 'scope'],
      ],
    );
    assert.deepEqual(preview.failures, []);
    assert.deepEqual(counts, [2]);
  });

  it('asks nobody whether to go on when most of the seeds fail', async () => {
    const [engine, local] = await Promise.all([startEngine(), startLocalSite()]);
    const client = new RipTideClient({ address: engine.address });
    try {
      const seeds = Array.from({ length: 40 }, (_, index) => `${local.missingUrl}/${index}`);
      const source = {
        name: engine.address,
        withClient: (_: AbortSignal, work: (client: RipTideClient) => Promise<void>) => work(client),
      };
      const never = new AbortController().signal;
      const { failures } = await previewSite(source, seeds, site, never, () => undefined);
      assert.equal(failures.length, 40);
    } finally {
      await client.close();
      await Promise.all([engine.stop(), local.close()]);
    }
  });

  it('tells what would be crawled, what not, and why', () => {
    const preview: SitePreview = {
      seeds: [home],
      site,
      pages: [
        found(1, 'dry-run', 'would be crawled'),
        found(2, 'robots', '/2 is disallowed by *rule*'),
        found(3, 'robots', '/3 is disallowed'),
        found(4, 'scope', 'another host'),
      ],
      failures: [],
    };
    const text = previewDocument(preview);
    assert.match(text, /\*\*2 would be crawled, 3 would not\.\*\*/);
    assert.match(text, /Depth 3, at most 500 pages and 30 minutes, scope host\./);
    assert.match(
      text,
      /## Would be crawled beside the seeds: 1\n\n- <https:\/\/site\.example\/1>: found on <https:\/\/site\.example\/>\n/,
    );
    assert.match(
      text,
      /## Closed by robots\.txt \(`robots`\): 2\n\n- .*\/2>: \/2 is disallowed by \\\*rule\\\*\n- .*\/3>/,
    );
    assert.match(text, /## Out of scope \(`scope`\): 1/);
  });

  it('counts a seed that is left out, and names one that cannot be read', () => {
    const text = previewDocument({
      seeds: [home, `${home}other`],
      site: { ...site, exclude: ['*.pdf'] },
      pages: [found(0, 'robots', 'closed')],
      failures: [{ url: `${home}other`, message: 'not found' }],
    });
    assert.match(text, /\*\*1 would be crawled, 1 would not\.\*\*/);
    assert.match(text, /exclude \\\*\.pdf/);
    assert.match(text, /## Could not be read\n\n- <https:\/\/site\.example\/other>: not found/);
  });

  it('cuts a list that no editor could show, and says by how much', () => {
    const pages = Array.from({ length: 2_500 }, (_, at) => found(at + 1, 'dry-run', ''));
    const text = previewDocument({ seeds: [home], site, pages, failures: [] });
    assert.match(text, /## Would be crawled beside the seeds: 2500/);
    assert.match(text, /and 500 more/);
    assert.ok(text.split('\n').length < 2_020);
  });
});
