import assert from 'node:assert/strict';
import { parseRobots, parseRobotsInTurns } from '../../../src/engine/fetch/robots';

function allows(file: string | Uint8Array, path: string, token = 'RipTide'): boolean {
  const bytes = typeof file === 'string' ? Buffer.from(file) : file;
  return parseRobots(bytes, token).isAllowed(new URL(path, 'https://site.example'));
}

interface Case {
  name: string;
  file: string;
  allowed?: string[];
  refused?: string[];
}

const all = 'User-agent: *\n';

const cases: Case[] = [
  { name: 'an empty file allows all', file: '', allowed: ['/', '/x'] },
  {
    name: 'a page instead of a robots.txt allows all',
    file: '<!doctype html><p>Disallow: /</p>',
    allowed: ['/x'],
  },
  {
    name: 'one slash refuses all but robots.txt itself',
    file: `${all}Disallow: /`,
    allowed: ['/robots.txt', '/robots.txt?x'],
    refused: ['/', '/x', '/?q', '/robots.txt.bak'],
  },
  { name: 'an empty rule refuses nothing', file: `${all}Disallow:\nDisallow: `, allowed: ['/'] },
  {
    name: 'rules before any group are ignored',
    file: `Disallow: /x\n${all}Disallow: /y`,
    allowed: ['/x'],
    refused: ['/y'],
  },
  { name: 'paths keep their case', file: `${all}Disallow: /Shop`, allowed: ['/shop'], refused: ['/Shop/1'] },
  { name: 'keys and tokens do not', file: 'uSER-aGENT: rIPtIDE\ndISALLOW: /x', refused: ['/x'] },
  {
    name: 'the longest match wins, whatever the order',
    file: `${all}Allow: /a/b\nDisallow: /a\nDisallow: /a/b/c\n`,
    allowed: ['/a/b', '/a/bc'],
    refused: ['/a', '/a/b/c'],
  },
  { name: 'allow wins a tie', file: `${all}Disallow: /same\nAllow: /same`, allowed: ['/same/x'] },
  {
    name: 'a wildcard counts in the length',
    file: `${all}Allow: /page\nDisallow: /*.html`,
    allowed: ['/page'],
    refused: ['/page.html'],
  },
  {
    name: 'a shorter wildcard loses',
    file: `${all}Allow: /x/page.\nDisallow: /*.html`,
    allowed: ['/x/page.html'],
    refused: ['/x/y.html'],
  },
  {
    name: 'a dollar ends the path',
    file: `${all}Disallow: /*.gif$\nDisallow: /only$`,
    allowed: ['/a.gif?x', '/a.gifs', '/only/', '/only?'],
    refused: ['/a.gif', '/b/c.gif', '/only'],
  },
  {
    name: 'the front page alone',
    file: `${all}Allow: /$\nDisallow: /`,
    allowed: ['/'],
    refused: ['/page', '/?q'],
  },
  {
    name: 'a dollar elsewhere is a letter',
    file: `${all}Disallow: /a$b`,
    allowed: ['/a'],
    refused: ['/a$b', '/a$bc'],
  },
  {
    name: 'stars take as little as they need',
    file: `${all}Disallow: /a*b*c$`,
    allowed: ['/abcd', '/acb'],
    refused: ['/abc', '/abcbc', '/aXbXcXc'],
  },
  { name: 'pieces may not overlap', file: `${all}Disallow: /ab*bc$`, allowed: ['/abc'], refused: ['/abbc'] },
  {
    name: 'a star at the end is nothing',
    file: `${all}Disallow: /fish*`,
    allowed: ['/catfish', '/Fish'],
    refused: ['/fish', '/fish.html', '/fishheads/x'],
  },
  { name: 'a star before the slash', file: `${all}Disallow: *.php`, allowed: ['/php'], refused: ['/a.php5'] },
  { name: 'a path without its slash matches nothing', file: `${all}Disallow: x`, allowed: ['/x'] },
  {
    name: 'comments end a line',
    file: `# Disallow: /\n${all}Disallow: /x # y\n#Disallow: /z`,
    allowed: ['/z'],
    refused: ['/x'],
  },
  {
    name: 'several agents share the rules below them',
    file: 'User-agent: other\n\nUser-agent: riptide\n\nDisallow: /x',
    refused: ['/x'],
  },
  {
    name: 'an own group replaces the one for all',
    file: `${all}Disallow: /\nUser-agent: riptide\nDisallow: /y`,
    allowed: ['/x'],
    refused: ['/y'],
  },
  {
    name: 'an own group without rules does so too',
    file: `${all}Disallow: /\nUser-agent: riptide`,
    allowed: ['/x'],
  },
  {
    name: 'groups of one agent are one',
    file: `User-agent: riptide\nDisallow: /x\nUser-agent: other\nDisallow: /o\nUser-agent: riptide\nDisallow: /y`,
    allowed: ['/o'],
    refused: ['/x', '/y'],
  },
  {
    name: 'a token is compared whole',
    file: `User-agent: RipTideNews\nDisallow: /x\nUser-agent: rip\nDisallow: /y`,
    allowed: ['/x', '/y'],
  },
  {
    name: 'a version or a comment after the token does not count',
    file: 'User-agent: RipTide/1.0 (really)\nDisallow: /x',
    refused: ['/x'],
  },
  {
    name: 'text after the star does not count',
    file: 'User-agent: * everyone\nDisallow: /x',
    refused: ['/x'],
  },
  { name: 'a star glued to a name is not for all', file: 'User-agent: *bot\nDisallow: /x', allowed: ['/x'] },
  {
    name: 'sitemap, delay and unknown lines part no group',
    file: 'User-agent: riptide\nSitemap: https://site.example/s\nCrawl-delay: 2\nHost: x\nUser-agent: other\nDisallow: /x',
    refused: ['/x'],
  },
  {
    name: 'unknown lines are skipped',
    file: `${all}Noindex: /x\nfoo bar baz\n: /\nDisallow: /y`,
    allowed: ['/x'],
    refused: ['/y'],
  },
  {
    name: 'a forgotten colon',
    file: 'User-agent *\nDisallow /x\nDisallow /y z',
    allowed: ['/y'],
    refused: ['/x'],
  },
  ...['disalow', 'dissallow', 'dissalow', 'diasllow', 'disallaw'].map((key) => ({
    name: `"${key}" is understood`,
    file: `${all}${key}: /x`,
    refused: ['/x'],
  })),
  ...['useragent', 'user agent'].map((key) => ({
    name: `"${key}" is understood`,
    file: `${key}: *\nDisallow: /x`,
    refused: ['/x'],
  })),
  {
    name: 'CRLF',
    file: `User-agent: *\r\nDisallow: /x\r\n\r\nDisallow: /y`,
    allowed: ['/z'],
    refused: ['/x', '/y'],
  },
  { name: 'CR alone', file: 'User-agent: *\rDisallow: /x\r', refused: ['/x'] },
  { name: 'space anywhere', file: '\t User-agent \t:  * \n   Disallow :   /x  ', refused: ['/x'] },
  {
    name: 'raw UTF-8 in the rule',
    file: `${all}Disallow: /ツ`,
    refused: ['/%E3%83%84', '/%e3%83%84', '/ツ'],
  },
  { name: 'encoded in the rule', file: `${all}Disallow: /%e3%83%84`, refused: ['/%E3%83%84', '/ツ/x'] },
  {
    name: 'encoded unreserved letters are the letters',
    file: `${all}Disallow: /%62%61%7A`,
    refused: ['/baz', '/%62az'],
  },
  {
    name: 'an encoded slash is no slash',
    file: `${all}Disallow: /a%2fb`,
    allowed: ['/a/b'],
    refused: ['/a%2Fb'],
  },
  {
    name: 'but in a query it is',
    file: `${all}Disallow: /p?u=https://x.example`,
    allowed: ['/p?u=http'],
    refused: ['/p?u=https%3A%2F%2Fx.example/y', '/p?u=https://x.example'],
  },
  {
    name: 'an encoded ampersand is none',
    file: `${all}Disallow: /p?a=1&b`,
    allowed: ['/p?a=1%26b'],
    refused: ['/p?a=1&b=2'],
  },
  {
    name: 'what no address can have bare is encoded',
    file: `${all}Disallow: /my notes\nDisallow: /{id}/"x"|\nDisallow: /q?<a b>`,
    allowed: ['/mynotes'],
    refused: [
      '/my%20notes',
      '/my notes/1',
      '/{id}/"x"|',
      '/%7Bid%7D/%22x%22%7C',
      '/q?<a b>',
      '/q?%3Ca%20b%3E',
    ],
  },
  { name: 'broken escapes are plain text', file: `${all}Disallow: /100%`, refused: ['/100%'] },
  { name: 'a rule about any query', file: `${all}Disallow: /*?`, allowed: ['/x'], refused: ['/x?', '/x?a'] },
  { name: 'fragments do not count', file: `${all}Disallow: /*y`, allowed: ['/x#y'] },
  {
    name: "a folder's index page stands for the folder",
    file: `${all}Allow: /in/index.html\nDisallow: /`,
    allowed: ['/in/', '/in/index.html'],
    refused: ['/in/index.htm', '/in', '/in/x'],
  },
];

/** How many characters of any text are looked at one by one. */
function looksOf(match: () => void): number {
  const { charCodeAt } = String.prototype;
  let looks = 0;
  String.prototype.charCodeAt = function (this: string, at) {
    looks += 1;
    return charCodeAt.call(this, at);
  };
  try {
    match();
  } finally {
    String.prototype.charCodeAt = charCodeAt;
  }
  return looks;
}

describe('robots.txt', () => {
  for (const { name, file, allowed = [], refused = [] } of cases) {
    it(name, () => {
      for (const path of allowed) assert.ok(allows(file, path), `${path} should be allowed`);
      for (const path of refused) assert.ok(!allows(file, path), `${path} should be refused`);
    });
  }

  it('follows the example of RFC 9309', () => {
    const file =
      'User-Agent: *\nDisallow: *.gif$\nDisallow: /example/\nAllow: /publications/\n\n' +
      'User-Agent: foobot\nDisallow:/\nAllow:/example/page.html\nAllow:/example/allowed.gif\n\n' +
      'User-Agent: barbot\nUser-Agent: bazbot\nDisallow: /example/page.html\n\nUser-Agent: quxbot';
    const verdicts = (token: string): boolean[] =>
      ['/x.gif', '/example/x', '/publications/x', '/example/page.html', '/example/allowed.gif'].map((path) =>
        allows(file, path, token),
      );
    assert.deepEqual(verdicts('other'), [false, false, true, false, false]);
    assert.deepEqual(verdicts('foobot'), [false, false, false, true, true]);
    assert.deepEqual(verdicts('barbot'), [true, true, true, false, true]);
    assert.deepEqual(verdicts('bazbot'), [true, true, true, false, true]);
    assert.deepEqual(verdicts('quxbot'), [true, true, true, true, true]);
  });

  it('skips a byte-order mark, also a cut one, and nothing else', () => {
    const rest = Buffer.from('User-agent: *\nDisallow: /x');
    for (const mark of [[0xef, 0xbb, 0xbf], [0xef, 0xbb], [0xef]]) {
      assert.ok(!allows(Buffer.concat([Buffer.from(mark), rest]), '/x'));
    }
    assert.ok(allows(Buffer.concat([Buffer.from([0xef, 0x11, 0xbf]), rest]), '/x'));
  });

  it('keeps delay and sitemaps', () => {
    const read = (file: string) => parseRobots(Buffer.from(file), 'RipTide');
    assert.equal(read(`${all}Crawl-delay: 1.5\nDisallow: /x`).crawlDelayMs, 1500);
    assert.equal(
      read('User-agent: riptide\nCrawl-delay: 3\nUser-agent: other\nDisallow: /').crawlDelayMs,
      3000,
    );
    assert.equal(read(`${all}Crawl-delay: .5`).crawlDelayMs, 500);
    assert.equal(read(`${all}Crawl-delay: 86400`).crawlDelayMs, 30_000);
    assert.equal(read(`${all}Crawl-delay: soon`).crawlDelayMs, 0);
    assert.equal(
      read(`${all}Crawl-delay: 9\nDisallow: /y\nUser-agent: riptide\nDisallow: /x`).crawlDelayMs,
      0,
    );
    assert.deepEqual(read('Sitemap: https://a.example/s.xml\nsite-map: /b').sitemaps, [
      'https://a.example/s.xml',
      '/b',
    ]);
  });

  it('does not obey the torn last line of a cut file', () => {
    const torn = Buffer.from(`${all}Disallow: /x\nDisallow: /`);
    assert.ok(parseRobots(torn, 'RipTide', true).isAllowed(new URL('https://site.example/y')));
    assert.ok(!parseRobots(torn, 'RipTide', true).isAllowed(new URL('https://site.example/x')));
  });

  it('cuts a line at 16 KiB', () => {
    const path = `/x/${'a'.repeat(16_630)}`;
    const file = `${all}Disallow: ${path}${'b'.repeat(5000)}\n`;
    assert.ok(!allows(file, path + 'b'.repeat(100)));
    assert.ok(allows(file, '/x/'));
  });

  it('lets others have their turn while a hostile file is read', async () => {
    const file = Buffer.from(all + 'Disallow:/\n'.repeat(46_000));
    let turns = 0;
    let isRead = false;
    const count = (): void => {
      turns++;
      if (!isRead) setImmediate(count);
    };
    setImmediate(count);
    const robots = await parseRobotsInTurns(file, 'RipTide', true);
    isRead = true;
    assert.ok(turns > 100, String(turns));
    assert.ok(!robots.isAllowed(new URL('https://site.example/x')));
  });

  it('looks only so often at a path, whatever patterns were made to be slow', () => {
    const paths = ['a', 'ab', '/', '%e3'].map((piece) => `/${piece.repeat(2000 / piece.length)}`);
    const patterns = [
      ...['*ac', '*aaaaab', '*baaaaa', `*b${'a'.repeat(50)}`, `*${'a'.repeat(500)}b`],
      ...[`/${'*a'.repeat(8000)}b`, `/${'*a'.repeat(900)}*b`, '/*a*a*aX$', '/aaaaaaaab'],
    ];
    const most = Math.max(
      ...patterns.flatMap((pattern) => {
        const line = `Disallow: ${pattern}\n`;
        const file = Buffer.from(all + line.repeat((500 * 1024) / line.length));
        const robots = parseRobots(file, 'RipTide', true);
        return paths.map((path) => looksOf(() => robots.isAllowed(new URL(`https://site.example${path}`))));
      }),
    );
    // Of 250 rules at most, each at 2,001 characters; some 10 ms. Without bounds it is hundreds of millions.
    assert.ok(most > 250 * 2_001 && most <= 250 * 8 * 2_001, `${most} looks`);
  });

  it('obeys the first 250 rules with wildcards, and the first 10,000 in all', () => {
    const lines = (count: number, rule: (n: number) => string): string =>
      Array.from({ length: count }, (_, n) => `Disallow: ${rule(n)}\n`).join('');
    const wild = all + lines(300, (n) => `/*w${n}$`) + 'Disallow: /plain\n';
    assert.ok(!allows(wild, '/xw249'));
    assert.ok(allows(wild, '/xw250'));
    assert.ok(!allows(wild, '/plain'));
    const plain = all + lines(10_100, (n) => `/p${n}$`);
    assert.ok(!allows(plain, '/p9999'));
    assert.ok(allows(plain, '/p10000'));
  });

  it('finds a piece that begins anew within itself', () => {
    const file = `${all}Disallow: *aab*abab$\nDisallow: *abcabd\nDisallow: *aaab`;
    for (const path of ['/aaabxababab', '/abcabcabd', '/aaaaab']) assert.ok(!allows(file, path), path);
    for (const path of ['/aabab', '/abcabcabx', '/aabaab']) assert.ok(allows(file, path), path);
  });
});
