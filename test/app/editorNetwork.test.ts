import assert from 'node:assert/strict';
import tls from 'node:tls';
import { readNetwork } from '../../src/app/editorNetwork';
import type { Network } from '../../src/client/network';

type Values = Record<string, unknown>;

function proxyOf(address: string, settings: Values, environment: NodeJS.ProcessEnv = {}): string | undefined {
  return readNetwork((name) => settings[name], environment, address).proxyUrl;
}

const proxy = 'http://proxy.example:3128';
const server = 'https://riptide.example.com:8443/base';

describe("the editor's network settings", () => {
  it('give no proxy where there is none', () => {
    assert.equal(proxyOf(server, { proxy: '' }), undefined);
    assert.equal(proxyOf(server, { proxy: '  ', proxySupport: 'override' }), undefined);
  });

  it("give the editor's proxy before the environment's, and none when it is switched off", () => {
    const environment = { HTTPS_PROXY: 'http://other.example:1', http_proxy: 'http://plain.example:1' };
    assert.equal(proxyOf(server, { proxy }, environment), proxy);
    assert.equal(proxyOf(server, {}, environment), 'http://other.example:1');
    assert.equal(proxyOf('wss://riptide.example.com', {}, environment), 'http://other.example:1');
    assert.equal(proxyOf('http://riptide.example.com', {}, environment), 'http://plain.example:1');
    assert.equal(proxyOf('wss://riptide.example.com', {}, { HTTP_PROXY: proxy }), proxy);
    assert.equal(proxyOf(server, { proxy, proxySupport: 'off' }, environment), undefined);
  });

  it('give none for this computer', () => {
    for (const host of ['localhost', '127.0.0.1', '127.9.9.9', '[::1]']) {
      assert.equal(proxyOf(`http://${host}:3000`, { proxy }), undefined, host);
    }
    assert.equal(proxyOf('http://localhost.example.com', { proxy }), proxy);
  });

  it('leave out what the settings or the environment name', () => {
    assert.equal(proxyOf(server, { proxy, noProxy: ['other.org', 'Example.com:8443'] }), undefined);
    assert.equal(proxyOf(server, { proxy }, { NO_PROXY: 'other.org, .example.com' }), undefined);
    assert.equal(proxyOf('http://10.1.2.3:3000', { proxy, noProxy: ['10.1.0.0/16'] }), undefined);
    assert.equal(proxyOf(server, { proxy, noProxy: ['other.org', ''] }), proxy);
  });

  it('read the noProxy of the editor instead of that of the environment', () => {
    const settings = { proxy, noProxy: ['other.org'] };
    assert.equal(proxyOf(server, settings, { NO_PROXY: '*' }), proxy);
  });

  const read = (settings: Values): Network => readNetwork((name) => settings[name], {}, server);

  it('say whether certificates are checked, and what the proxy wants to know', () => {
    assert.equal(read({}).acceptsAnyCertificate, false);
    assert.equal(read({ systemCertificates: false }).certificates, undefined);
    assert.equal(read({ proxyStrictSSL: false }).acceptsAnyCertificate, true);
    assert.equal(read({ proxyAuthorization: 'Basic x' }).proxyAuthorization, 'Basic x');
    assert.equal(read({ proxyAuthorization: null }).proxyAuthorization, undefined);
  });

  it('trust whom Node trusts, and whom the system trusts', function () {
    // The editor's Node can tell; the oldest one that the client runs on cannot.
    if (!('getCACertificates' in tls)) return this.skip();
    const { certificates = [] } = read({});
    for (const certificate of tls.getCACertificates('default')) assert.ok(certificates.includes(certificate));
    for (const certificate of tls.getCACertificates('system')) assert.ok(certificates.includes(certificate));
    assert.ok(certificates.length > 50);
  });
});
