import assert from 'node:assert/strict';
import { isWithoutProxy } from '../../src/base/noProxy';

const server = 'https://riptide.example.com:8443/base';

/** By URL, what leaves it out and what does not. */
const cases: { url: string; without?: string[]; by?: string[] }[] = [
  {
    url: server,
    without: [
      ...['riptide.example.com', 'RipTide.Example.com:8443', ' example.com ', '.example.com'],
      ...['*.example.com', '*', '*:8443'],
    ],
    by: [
      ...['', ' ', '.', 'ample.com', 'riptide.example.com:443', '*:443', 'com.', '10.0.0.0/8'],
      'riptide.example.co',
    ],
  },
  { url: 'http://a.test/', without: ['a.test:80', 'test'], by: ['a.test:8080', 'b.a.test'] },
  { url: 'wss://a.test/', without: ['a.test:443'], by: ['a.test:80'] },
  { url: 'http://A.test./', without: ['a.test'] },
  {
    url: 'http://10.1.2.3:3000/',
    without: ['10.1.0.0/16', '10.1.2.3', '10.1.2.3/32', '0.0.0.0/0'],
    by: ['10.2.0.0/16', '10.1.0.0/99', '10.1/16', '::/0', '10.1.2.3:80'],
  },
  { url: 'http://0x0a010203/', without: ['10.1.0.0/16'] },
  {
    url: 'http://[fd12::1]:3000/',
    without: ['fd00::/8', '[fd12::1]', '[fd12::1]:3000'],
    by: ['fe80::/10', '0.0.0.0/0', '[fd12::1]:80', 'fd00::/129'],
  },
];

describe('what is reached without the proxy', () => {
  for (const { url, without = [], by = [] } of cases) {
    for (const entry of without) {
      it(`${url} by ${JSON.stringify(entry)}`, () =>
        assert.ok(isWithoutProxy(new URL(url), ['other.org', entry])));
    }
    for (const entry of by) {
      it(`not ${url} by ${JSON.stringify(entry)}`, () => assert.ok(!isWithoutProxy(new URL(url), [entry])));
    }
  }

  it('is nothing where nothing is listed', () => assert.ok(!isWithoutProxy(new URL(server), [])));
});
