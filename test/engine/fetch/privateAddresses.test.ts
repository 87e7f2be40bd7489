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

  const spellings = [
    ...[
      '127.0.0.1',
      '127.1',
      '2130706433',
      '0x7f000001',
      '0x7f.1',
      '0177.0.0.1',
      '0',
      '0.0.0.0',
      '127.0.0.1.',
    ],
    ...['①②⑦.⓪.⓪.①', 'localhost', 'LOCALHOST.', 'any.localhost', '[::1]', '[::]', '[::ffff:127.0.0.1]'],
    ...[
      '[::ffff:7f00:1]',
      '[::127.0.0.1]',
      '[64:ff9b::127.0.0.1]',
      '[2002:7f00:1::]',
      '169.254.169.254',
      '[fe80::1]',
    ],
  ];
  for (const host of spellings) {
    it(`a redirect does not lead to ${host}`, async () => {
      const start = await redirectTo(Buffer.from(`http://${host}:${secret.port}/`).toString('latin1'));
      await assertBlocked(testNet.get(`${start.origin}/`));
    });
  }

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

  for (const url of [
    'http://169.254.169.254/latest/meta-data/',
    'http://[fd00:ec2::254]/',
    'http://100.100.100.200/',
    'http://[::ffff:a9fe:a9fe]/',
    'http://2852039166/',
    'http://metadata.google.internal/computeMetadata/v1/',
    'http://innocent.example/',
  ]) {
    it(`nobody gets ${url}`, async () => {
      const resolve = resolveTo({ 'innocent.example': ['169.254.169.254'] });
      await assertBlocked(testNet.get(url, {}, resolve));
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
