import assert from 'node:assert/strict';
import { readFetchSettings, readMaxMessageBytes, readServer, readTransport } from '../../src/app/settings';
import { defaultFetchSettings } from '../../src/engine/fetchSettings';

const reading = (values: Record<string, unknown>) => (name: string) => values[name];

describe('settings', () => {
  it('takes an empty address for the built-in engine', () => {
    assert.deepEqual(readServer(reading({})), { kind: 'built-in' });
    assert.deepEqual(readServer(reading({ 'server.url': '  ' })), { kind: 'built-in' });
    assert.deepEqual(readServer(reading({ 'server.url': ' https://x.example ' })), {
      kind: 'remote',
      address: 'https://x.example',
    });
  });

  it('takes a transport by its name alone, and any other value for auto', () => {
    const read = ['auto', 'websocket', 'ndjson', 'sse', 'http', 'HTTP', '', 3, null, undefined].map((value) =>
      readTransport(reading({ transport: value })),
    );
    const names = ['auto', 'websocket', 'ndjson', 'sse', 'http'];
    assert.deepEqual(read, [...names, 'auto', 'auto', 'auto', 'auto', 'auto']);
  });

  it('keeps the defaults where a settings file holds nonsense', () => {
    const nonsense = reading({
      'engine.userAgent': 'evil\r\nX-Injected: 1',
      'engine.timeoutSeconds': 'soon',
      'engine.concurrency': null,
      'engine.concurrencyPerHost': Number.NaN,
      'engine.delayMilliseconds': {},
      'server.maxMessageMegabytes': '10',
    });
    assert.deepEqual(readFetchSettings(nonsense), defaultFetchSettings);
    assert.equal(readMaxMessageBytes(nonsense), 10 * 1024 * 1024);
  });

  it('brings numbers into their range, in the right unit', () => {
    const settings = readFetchSettings(
      reading({ 'engine.timeoutSeconds': 0.1, 'engine.concurrency': 1e9, 'engine.delayMilliseconds': -5 }),
    );
    assert.equal(settings.timeoutMs, 1_000);
    assert.equal(settings.concurrency, 32);
    assert.equal(settings.delayMs, 0);
  });

  it('disobeys robots.txt only when told so in so many words', () => {
    assert.equal(readFetchSettings(reading({ 'engine.obeyRobotsTxt': 0 })).obeyRobots, true);
    assert.equal(readFetchSettings(reading({ 'engine.obeyRobotsTxt': false })).obeyRobots, false);
  });
});
