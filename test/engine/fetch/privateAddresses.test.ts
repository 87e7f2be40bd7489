import assert from 'node:assert/strict';
import { failureOf, fetchPage, resolveTo, TestNet, type TestServer } from './servers';

describe('private addresses', () => {
  const testNet = new TestNet();
  /** Holds what nobody may be led to. */
  let secret: TestServer;

  beforeEach(async () => {
    secret = await testNet.serve((_request, response) => response.end('secret'), true);
  });
  afterEach(() => testNet.close());

  const redirectTo = (location: string): Promise<TestServer> =>
    testNet.serve((_request, response) => response.writeHead(302, { Location: location }).end());

  async function assertBlocked(fetch: Promise<unknown>): Promise<void> {
    const failure = await failureOf(fetch);
    assert.equal(failure.reason, 'blocked-address', failure.message);
    assert.equal(failure.isRetryable, false);
    assert.equal(secret.connections, 0);
  }

  /** Each by what it is about. */
  const spelled: Record<string, readonly string[]> = {
    'as usual': ['127.0.0.1', '10.0.0.1', '172.31.255.255', '192.168.1.1', '169.254.1.1'],
    decimal: ['2130706433', '3232235777', '167772161'],
    octal: ['0177.0.0.1', '017700000001', '012.0.0.1'],
    hexadecimal: ['0x7f000001', '0x7f.0.0.1', '0X7F.0x0.0x0.0x1', '0x7f.1'],
    short: ['127.1', '127.0.1', '10.1', '0', '192.168.257'],
    'of mixed bases': ['0x7f.0.01.1', '0300.0xa8.1.1'],
    'with dots at the end': ['127.0.0.1.', 'localhost.', 'LOCALHOST.', 'a.localhost.'],
    'this machine': ['0.0.0.0', '0.1.2.3', '127.255.255.254', '[::]', '[::1]', '[0:0:0:0:0:0:0:1]'],
    names: ['localhost', 'any.localhost', 'a.b.LocalHost'],
    'in other digits': [
      ...['①②⑦.⓪.⓪.①', '１２７.0.0.1', '127。0。0。1', '𝟏𝟐𝟕.0.0.1', '%31%32%37.0.0.1'],
      ...['ｌｏｃａｌｈｏｓｔ', 'ⓛocalhost', '127．0．0．1', 'loc\u00adalhost', '1\u20602\u20607.0.0.1'],
    ],
    'IPv4-mapped': [
      '[::ffff:127.0.0.1]',
      '[::ffff:7f00:1]',
      '[::FFFF:10.0.0.1]',
      '[0:0:0:0:0:ffff:c0a8:101]',
    ],
    'IPv4-compatible': ['[::127.0.0.1]', '[::7f00:1]', '[::10.0.0.1]'],
    'IPv4-translated': ['[::ffff:0:127.0.0.1]', '[::ffff:0:a00:1]'],
    NAT64: ['[64:ff9b::127.0.0.1]', '[64:ff9b::a00:1]', '[64:ff9b:1::7f00:1]', '[64:ff9b:1::8.8.8.8]'],
    '6to4': ['[2002:7f00:1::]', '[2002:c0a8:101::1]', '[2002:a00:1:1::2]'],
    Teredo: ['[2001::1]', '[2001:0:4136:e378:8000:63bf:3fff:fdd2]', '[2001:0:a00:1::]'],
    'IPv6 networks': [
      '[fc00::1]',
      '[fdff::1]',
      '[fe80::1]',
      '[fec0::1]',
      '[ff02::1]',
      '[2001:db8::1]',
      '[100::1]',
    ],
    'shared by a provider': ['100.64.0.1', '100.127.255.255'],
    'for measurements and examples': [
      '198.18.0.1',
      '198.19.255.255',
      '192.0.2.1',
      '198.51.100.7',
      '203.0.113.9',
    ],
    'to many, to all, or to nobody': [
      '224.0.0.1',
      '239.255.255.255',
      '255.255.255.255',
      '240.0.0.1',
      '192.0.0.1',
    ],
    metadata: [...'169.254.169.254 [fd00:ec2::254] 100.100.100.200 metadata.google.internal'.split(' ')],
  };
  const spellings = Object.values(spelled).flat();
  for (const host of spellings) {
    it(`a redirect does not lead to ${host}`, async () => {
      const start = await redirectTo(Buffer.from(`http://${host}:${secret.port}/`).toString('latin1'));
      await assertBlocked(testNet.get(`${start.origin}/`));
    });

    it(`neither a link nor a sitemap leads to ${host}`, async () => {
      const found = new URL(`http://${host}:${secret.port}/`).href;
      const { signal } = new AbortController();
      const fetcher = testNet.fetcher();
      const lane = fetcher.openLane(undefined);
      await assertBlocked(fetcher.fetch(found, signal, () => undefined, lane, null, 'public'));
      await assertBlocked(fetcher.download(new URL(found), 'public', () => Promise.resolve(), lane, signal));
    });
  }

  it('a link to a name that resolves to a private address, now or later, leads nowhere', async () => {
    const { signal } = new AbortController();
    const answers = [
      ['8.8.8.8', '127.0.0.1'],
      ['127.0.0.1'],
      ['::ffff:7f00:1'],
      ['fe80::1%lo'],
      ['10.0.0.1'],
    ];
    for (const addresses of answers) {
      const fetcher = testNet.fetcher({}, resolveTo({ 'evil.example': addresses }));
      const lane = fetcher.openLane(undefined);
      const url = `http://evil.example:${secret.port}/`;
      await assertBlocked(fetcher.fetch(url, signal, () => undefined, lane, null, 'public'));
    }
  });

  it('a redirect with a zone in its address goes nowhere', async () => {
    const start = await redirectTo(`http://[fe80::1%25eth0]:${secret.port}/`);
    assert.equal((await failureOf(testNet.get(`${start.origin}/`))).reason, 'bad-redirect');
  });

  for (const [what, addresses] of Object.entries({
    'a private address': ['127.0.0.1'],
    'a private IPv6 address': ['::ffff:127.0.0.1'],
    'a link-local address with a zone': ['fe80::1%lo'],
    'a public and a private address': ['203.0.114.1', '127.0.0.1'],
    'a private and a public address': ['127.0.0.1', '203.0.114.1'],
    metadata: ['169.254.169.254'],
    'something that is no address': ['2130706433'],
  })) {
    it(`a redirect does not lead to a name that resolves to ${what}`, async () => {
      const start = await redirectTo(`http://evil.example:${secret.port}/`);
      await assertBlocked(testNet.get(`${start.origin}/`, {}, resolveTo({ 'evil.example': addresses })));
    });
  }

  it('a name that changes between look-ups is judged anew for each connection, by what it connects to', async () => {
    const start = await testNet.serve((_request, response) => response.end('page'));
    const answers = ['127.0.0.1', '169.254.169.254', '127.0.0.1'];
    let lookups = 0;
    const resolve = () => Promise.resolve([{ address: answers[lookups++] ?? '', family: 4 }]);
    const fetcher = testNet.fetcher({}, resolve);
    // The 404 of robots.txt came over the first connection, which is not kept.
    await assertBlocked(fetchPage(fetcher, `http://rebind.example:${start.port}/`));
    assert.deepEqual([lookups, start.connections], [2, 1]);
    await fetchPage(fetcher, `http://rebind.example:${start.port}/`);
    assert.deepEqual([lookups, start.connections], [3, 2]);
  });

  it('a redirect to the address that was asked for may lead there, by another scheme or name not', async () => {
    const server = await testNet.serve((request, response) => {
      if (request.url === '/end') response.end('there');
      else
        response
          .writeHead(301, {
            Location: request.url === '/same' ? '/end' : `http://localhost:${server.port}/end`,
          })
          .end();
    });
    const page = await testNet.get(`${server.origin}/same`);
    assert.equal(Buffer.from(page.body).toString(), 'there');
    assert.equal((await failureOf(testNet.get(`${server.origin}/other`))).reason, 'blocked-address');
  });

  it('a connection opened for the URL asked for is not lent to a redirect', async () => {
    const target = await testNet.serve((_request, response) => response.end('private'), true);
    const start = await redirectTo(`${target.origin}/`);
    const fetcher = testNet.fetcher();
    await fetchPage(fetcher, `${target.origin}/`);
    assert.equal(target.connections, 1);
    assert.equal((await failureOf(fetchPage(fetcher, `${start.origin}/`))).reason, 'blocked-address');
  });

  it('a robots.txt is not followed to a private address either', async () => {
    const start = await testNet.serve((request, response) => {
      if (request.url === '/robots.txt') response.writeHead(302, { Location: `${secret.origin}/` }).end();
      else response.end('page');
    }, true);
    const page = await testNet.get(`${start.origin}/`);
    assert.equal(Buffer.from(page.body).toString(), 'page');
    assert.equal(secret.connections, 0);
  });

  for (const host of [
    ...[
      '169.254.169.254',
      '169.254.169.254.',
      '2852039166',
      '0xa9fea9fe',
      '0xa9.254.0xa9fe',
      '0251.0376.0251.0376',
    ],
    ...['025177524776', '169.254.43518', '169.16689662', '①⑥⑨.254.169.254', '169。254。169。254'],
    ...['[::ffff:169.254.169.254]', '[::ffff:a9fe:a9fe]', '[::a9fe:a9fe]', '[::ffff:0:a9fe:a9fe]'],
    ...['[64:ff9b::a9fe:a9fe]', '[64:ff9b:1::a9fe:a9fe]', '[2002:a9fe:a9fe::1]', '169.254.170.2'],
    ...['[fd00:ec2::254]', '[FD00:0EC2:0:0:0:0:0:254]', '[fd20:ce::254]'],
    ...['100.100.100.200', '1684301000', '0x646464c8', '[::ffff:100.100.100.200]', '[2002:6464:64c8::]'],
    ...['metadata.google.internal', 'METADATA.Google.Internal.', 'ｍetadata.google.internal'],
    ...['metadata。google。internal', 'metadata.goog', 'innocent.example', 'mixed.example', 'later.example'],
  ]) {
    it(`nobody gets ${host}`, async () => {
      const resolve = resolveTo({
        'innocent.example': ['169.254.169.254'],
        'mixed.example': ['127.0.0.1', '::ffff:169.254.169.254'],
        'later.example': ['64:ff9b::a9fe:a9fe'],
        'metadata.google.internal': ['127.0.0.1'],
      });
      await assertBlocked(testNet.get(`http://${host}:${secret.port}/`, {}, resolve));
    });
  }

  it('who asks for a private URL gets it, by address and by name', async () => {
    const resolve = resolveTo({ localhost: ['127.0.0.1'], 'intranet.example': ['127.0.0.1'] });
    for (const host of ['127.0.0.1', '2130706433', 'localhost', 'app.localhost', 'intranet.example']) {
      const page = await testNet.get(`http://${host}:${secret.port}/`, {}, resolve);
      assert.equal(Buffer.from(page.body).toString(), 'secret');
    }
  });
});
