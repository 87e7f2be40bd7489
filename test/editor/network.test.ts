import assert from 'node:assert/strict';
import { join } from 'node:path';
import * as vscode from 'vscode';
import type { RipTideApi } from '../../src/app/api';
import { ConnectProxy } from '../support/connectProxy';
import { FakeRipTide } from '../support/fakeRipTide';
import { startTlsFront, type TlsFront } from '../support/tlsFront';

const { Global } = vscode.ConfigurationTarget;

async function set(name: string, value: unknown): Promise<void> {
  await vscode.workspace.getConfiguration().update(name, value, Global);
}

describe("a server behind the editor's proxy", () => {
  let api: RipTideApi;
  let fake: FakeRipTide;
  let front: TlsFront;
  let proxy: ConnectProxy;

  before(async () => {
    const extension = vscode.extensions.getExtension<RipTideApi>('riptide.riptide');
    assert.ok(extension);
    const fixtures = join(extension.extensionPath, 'test/fixtures/tls');
    [api, fake, proxy] = await Promise.all([extension.activate(), FakeRipTide.start(), ConnectProxy.start()]);
    front = await startTlsFront(fake.address, fixtures);
    await set('http.proxy', proxy.url);
    await set('riptide.server.url', front.address.replace('localhost', 'riptide.example'));
  });
  after(async () => {
    for (const name of ['riptide.server.url', 'http.proxyStrictSSL', 'http.proxySupport', 'http.proxy']) {
      await set(name, undefined);
    }
    await Promise.all([front.stop(), fake.stop(), proxy.stop()]);
  });

  for (const proxySupport of ['override', 'on']) {
    it(`is reached through it with http.proxySupport "${proxySupport}", and only by a certificate that is trusted`, async () => {
      await set('http.proxyStrictSSL', true);
      await set('http.proxySupport', proxySupport);
      const askedBefore = proxy.asked.length;
      await assert.rejects(
        api.ping(),
        (error: Error & { reason?: string }) => error.reason === 'certificate',
      );
      assert.match(proxy.asked[askedBefore] ?? '', /^riptide\.example:\d+$/);
      assert.equal(fake.peers.length, proxySupport === 'override' ? 0 : 1);
      await set('http.proxyStrictSSL', false);
      const { latencyMs } = await api.ping();
      assert.ok(latencyMs > 0);
      assert.ok(api.metrics().ping.count > 0);
      await set('http.proxyStrictSSL', true);
    });
  }
});

describe('RipTide: Show Session Status', () => {
  it('opens what is known as a read-only Markdown document', async () => {
    await vscode.commands.executeCommand('riptide.showStatus');
    const { document } = vscode.window.activeTextEditor ?? assert.fail('no document was opened');
    assert.equal(document.languageId, 'markdown');
    assert.equal(document.uri.scheme, 'riptide-report');
    assert.match(document.getText(), /^# RipTide: status\n[^]*built-in engine[^]*Decoding a message/);
  });
});
