import assert from 'node:assert/strict';
import { readFetchProxy } from '../../src/app/fetchProxy';
import { readHostHeaders } from '../../src/app/hostHeaders';

describe('request headers by host', () => {
  const secrets: Record<string, string> = { LOGIN: 'hidden', BAD: 'a\nb' };

  async function read(setting: unknown): Promise<{ headers: unknown[]; warnings: string[] }> {
    const warnings: string[] = [];
    const headers = await readHostHeaders(
      setting,
      (name) => Promise.resolve(secrets[name]),
      (message) => warnings.push(message),
    );
    return { headers, warnings };
  }

  it('are read with their secrets, and by the host as a URL spells it', async () => {
    const { headers, warnings } = await read({
      'Example.org': { 'Accept-Language': 'de', Cookie: 'a=b; session=${secret:LOGIN}' },
      'example.org:8080': { 'X-Key': '1' },
    });
    assert.deepEqual(headers, [
      { host: 'example.org', name: 'Accept-Language', value: 'de', isSecret: false },
      { host: 'example.org', name: 'Cookie', value: 'a=b; session=hidden', isSecret: true },
      { host: 'example.org:8080', name: 'X-Key', value: '1', isSecret: false },
    ]);
    assert.deepEqual(warnings, []);
  });

  it('keep a port that the URL of a page need not name', async () => {
    const { headers } = await read({
      'Example.org:443': { A: '1' },
      'example.org:80': { A: '2' },
      '[::1]:80': { A: '3' },
      '[::1]': { A: '4' },
    });
    assert.deepEqual(
      (headers as { host: string }[]).map(({ host }) => host),
      ['example.org:443', 'example.org:80', '[::1]:80', '[::1]'],
    );
  });

  for (const [what, setting] of Object.entries({
    'a host with a path': { 'example.org/x': { A: 'b' } },
    'a host behind a login': { 'user:hidden@example.org': { A: 'b' } },
    'an unknown secret': { 'example.org': { A: '${secret:NONE}' } },
    'a secret that would split the request': { 'example.org': { A: '${secret:BAD}' } },
    'a value that would': { 'example.org': { A: 'x\r\nB: y' } },
    'a name that would': { 'example.org': { 'A: x\r\nB': 'y' } },
    'a header of the connection': { 'example.org': { Host: 'other.example' } },
    'a number': { 'example.org': { A: 5 } },
  })) {
    it(`leave out ${what}, and say so without its value`, async () => {
      const { headers, warnings } = await read(setting);
      assert.deepEqual(headers, []);
      assert.equal(warnings.length, 1);
      assert.doesNotMatch(warnings[0] ?? '', /hidden|\n/);
    });
  }

  it('may be anything in a settings file', async () => {
    for (const setting of [undefined, null, 5, 'x', [], { 'example.org': null }, { 'example.org': [] }]) {
      assert.deepEqual((await read(setting)).headers, []);
    }
  });
});

describe('the proxy of the engine', () => {
  const reading = (values: Record<string, unknown>) => (name: string) => values[name];

  it('is the one of the settings, before that of the environment', () => {
    const proxy = readFetchProxy(
      reading({
        proxy: 'http://proxy.test:8080',
        noProxy: ['a.test'],
        proxyAuthorization: 'Basic eA==',
        proxyStrictSSL: false,
      }),
      { HTTPS_PROXY: 'http://other.test' },
    );
    assert.deepEqual(proxy, {
      url: 'http://proxy.test:8080',
      authorization: 'Basic eA==',
      bypass: ['a.test'],
      acceptsAnyCertificate: true,
    });
    const other = readFetchProxy(reading({}), {
      https_proxy: 'http://other.test',
      NO_PROXY: 'a.test,b.test',
    });
    assert.deepEqual([other?.url, other?.bypass], ['http://other.test', ['a.test', 'b.test']]);
  });

  it('is none where the editor uses none, or where it is no HTTP proxy', () => {
    assert.equal(readFetchProxy(reading({ proxy: 'http://p.test', proxySupport: 'off' }), {}), null);
    for (const proxy of ['socks5://p.test:1', 'nonsense', 5, '']) {
      assert.equal(readFetchProxy(reading({ proxy }), {}), null);
    }
  });
});
