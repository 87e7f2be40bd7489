import assert from 'node:assert/strict';
import { isLoopbackHost, judgeAddress, judgeHost } from '../../../src/engine/fetch/addressRules';

const hostOf = (authority: string): string => new URL(`http://${authority}/`).hostname;

describe('address rules', () => {
  const spellings = {
    private: [
      ...[
        '127.0.0.1',
        '127.1',
        '127.255.255.254',
        '2130706433',
        '0x7f000001',
        '0x7f.1',
        '0177.0.0.1',
        '017700000001',
      ],
      ...[
        '0',
        '0.0.0.0',
        '10.0.0.1',
        '10.1',
        '100.64.0.1',
        '172.16.0.1',
        '172.31.255.255',
        '192.168.1.1',
        '3232235777',
      ],
      ...[
        '198.18.0.1',
        '192.0.2.1',
        '198.51.100.7',
        '203.0.113.9',
        '224.0.0.1',
        '255.255.255.255',
        '240.0.0.1',
      ],
      ...['127.0.0.1.', '①②⑦.⓪.⓪.①', '１２７.0.0.1', '127。0。0。1', '%31%32%37.0.0.1'],
      ...['localhost', 'LOCALHOST', 'localhost.', 'app.localhost', 'a.b.localhost.', 'ｌocalhost'],
      ...[
        '[::1]',
        '[::]',
        '[0:0:0:0:0:0:0:1]',
        '[::ffff:127.0.0.1]',
        '[::ffff:7f00:1]',
        '[::127.0.0.1]',
        '[::7f00:1]',
      ],
      ...[
        '[::ffff:0:127.0.0.1]',
        '[64:ff9b::7f00:1]',
        '[64:ff9b::10.0.0.1]',
        '[64:ff9b:1::7f00:1]',
        '[2002:7f00:1::]',
      ],
      ...[
        '[2002:c0a8:101::1]',
        '[fc00::1]',
        '[fd12:3456::1]',
        '[fe80::1]',
        '[fec0::1]',
        '[ff02::1]',
        '[2001:db8::1]',
      ],
      ...['[100::1]', '[2001::1]', '[3fff::1]'],
    ],
    forbidden: [
      ...[
        '169.254.169.254',
        '169.254.170.2',
        '2852039166',
        '0xa9fea9fe',
        '0251.0376.0251.0376',
        '100.100.100.200',
      ],
      ...[
        '168.63.129.16',
        '[::ffff:169.254.169.254]',
        '[::169.254.169.254]',
        '[64:ff9b::a9fe:a9fe]',
        '[2002:a9fe:a9fe::]',
      ],
      ...[
        '[::ffff:100.100.100.200]',
        '[fd00:ec2::254]',
        '[fd00:a9fe:a9fe::1]',
        '[fd00:c1::a9fe:a9fe]',
        '[fd00:42::42]',
        '[fe80::a9fe:a9fe]',
        'metadata.google.internal',
        'METADATA.google.internal.',
      ],
    ],
    public: [
      '93.184.216.34',
      '8.8.8.8',
      '172.32.0.1',
      '11.0.0.1',
      '[2606:2800:220:1:248:1893:25c8:1946]',
      '[64:ff9b::808:808]',
    ],
  } as const;

  for (const [kind, authorities] of Object.entries(spellings)) {
    for (const authority of authorities) {
      it(`${authority} is ${kind}`, () => assert.equal(judgeHost(hostOf(authority)), kind));
    }
  }

  it('leaves names to be judged by their addresses', () => {
    for (const name of ['example.com', 'localhost.example.com', 'notlocalhost', '127.0.0.1.example.com']) {
      assert.equal(judgeHost(hostOf(name)), null);
    }
  });

  it('judges an address with a zone as the address', () => {
    assert.equal(judgeAddress('fe80::1%eth0'), 'private');
    assert.equal(judgeAddress('::ffff:169.254.169.254%1'), 'forbidden');
  });

  it('lets nobody reach what is no address at all', () => {
    for (const nonsense of ['', 'example.com', '127.1', '1.2.3.4.5'])
      assert.equal(judgeAddress(nonsense), 'forbidden');
  });

  it('knows this machine from others of the private network', () => {
    for (const authority of ['127.0.0.9', '[::1]', '[::ffff:127.0.0.1]', 'localhost', 'x.localhost.']) {
      assert.ok(isLoopbackHost(hostOf(authority)), authority);
    }
    for (const authority of ['10.0.0.1', '[fe80::1]', 'example.com', 'localhost.example.com']) {
      assert.ok(!isLoopbackHost(hostOf(authority)), authority);
    }
  });
});
