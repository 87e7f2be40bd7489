import assert from 'node:assert/strict';
import { parseRobots } from '../../../src/engine/fetch/robots';

/**
 * What the reference parser of google/robotstxt is tested for, and the examples of RFC 9309, told anew. A case that ends
 * otherwise here than there says why in `deviation`.
 */
interface Case {
  name: string;
  file: string;
  /** Default `ours`. */
  token?: string;
  allowed?: string[];
  refused?: string[];
  deviation?: string;
}

const ours = 'User-agent: ours\n';
const shut = `${ours}Disallow: /\n`;
const longest = 2083 * 8 - 1;
const cutPath = (key: string, letter: string): string => '/x/'.padEnd(longest - `${key}: `.length, letter);

const groups =
  'Allow: /none/\n\nUser-agent: ours\nDisallow: /\nAllow: /one/\nUser-agent: theirs\nDisallow: /\nAllow: /two/\n' +
  '\n\nAllow: /three/\nUser-agent: silent\n\nUser-agent: ours\nAllow: /four/\nDisallow: /\n';

const keySpellings = ['USER-AGENT|ALLOW|DISALLOW', 'user-agent|allow|disallow', 'uSeR-AgEnT|AlLoW|dIsAlLoW'];
const agentSpellings = ['OURS NEWS', 'ours news', 'OuRs NeWs'];

const cases: Case[] = [
  { name: 'system: an empty file', file: '', allowed: ['/', '/x'] },
  { name: 'system: a crawler without a name is meant by nobody', file: shut, token: '', allowed: ['/'] },
  { name: 'system: an address without a path is the front page', file: shut, refused: [''] },

  { name: 'lines: as they should be', file: shut, refused: ['/x/y'] },
  { name: 'lines: of other names', file: 'agent: ours\nno: /\n', allowed: ['/x/y'] },
  { name: 'lines: without a colon', file: 'user-agent ours\ndisallow /\n', refused: ['/x/y'] },

  {
    name: 'groups: those of one crawler are joined',
    file: groups,
    allowed: ['/one/b', '/four/d'],
    refused: ['/two/c', '/none/'],
  },
  {
    name: 'groups: blank lines end none',
    file: groups,
    token: 'theirs',
    allowed: ['/two/c', '/three/a'],
    refused: ['/four/d', '/none/'],
  },
  {
    name: 'groups: agent lines in a row share what follows',
    file: groups,
    token: 'silent',
    allowed: ['/four/d'],
    refused: ['/none/'],
  },
  ...['Sitemap: https://site.example/map', 'Whatever: else'].flatMap((line) =>
    ['ours', 'theirs'].map((token) => ({
      name: `groups: "${line}" parts none, for ${token}`,
      file: `User-agent: theirs\n${line}\nUser-agent: *\nDisallow: /\n`,
      token,
      refused: ['/'],
    })),
  ),

  ...keySpellings.map((keys) => {
    const [agent, allow, disallow] = keys.split('|');
    const file = `${agent}: ours\n${allow}: /x/\n${disallow}: /\n`;
    return { name: `keys: ${keys}`, file, allowed: ['/x/y'], refused: ['/a/b'] };
  }),
  ...agentSpellings.flatMap((agent) =>
    ['Ours', 'ours'].map((token) => ({
      name: `agents: "${agent}" is ${token}`,
      file: `User-agent: ${agent}\nAllow: /x/\nDisallow: /\n`,
      token,
      allowed: ['/x/y'],
      refused: ['/a/b'],
    })),
  ),
  {
    name: 'agents: what stands after the first space does not count',
    file: `User-agent: *\nDisallow: /\n${ours.trimEnd()} news\nAllow: /x/\nDisallow: /\n`,
    allowed: ['/x/y'],
  },
  {
    name: 'agents: a crawler named with a space is meant by nobody',
    file: `User-agent: *\nDisallow: /\n${ours.trimEnd()} news\nAllow: /x/\nDisallow: /\n`,
    token: 'ours news',
    refused: ['/x/y'],
  },
  ...['ours', 'ours-news', 'ours_news'].map((token) => ({
    name: `agents: ${token} is a name`,
    file: `User-agent: ${token}\nDisallow: /\n`,
    token,
    refused: ['/x'],
  })),
  ...['ツ', 'ours*', 'ours/2.1', 'ours news'].map((token) => ({
    name: `agents: "${token}" is none`,
    file: `User-agent: ${token}\nDisallow: /\n`,
    token,
    allowed: ['/x'],
  })),

  {
    name: 'for all: not for who has an own group',
    file: 'User-agent: *\nAllow: /\nUser-agent: ours\nDisallow: /\n',
    refused: ['/x/y'],
  },
  {
    name: 'for all: for everybody else',
    file: 'User-agent: *\nAllow: /\nUser-agent: ours\nDisallow: /\n',
    token: 'theirs',
    allowed: ['/x/y'],
  },
  {
    name: 'for all: no group, no rules',
    file: 'User-agent: a\nAllow: /\nUser-agent: b\nDisallow: /\nUser-agent: c\nDisallow: /\n',
    allowed: ['/x/y'],
  },

  { name: 'case of paths: the same', file: `${ours}Disallow: /x/\n`, refused: ['/x/y'] },
  { name: 'case of paths: the other', file: `${ours}Disallow: /X/\n`, allowed: ['/x/y'] },

  {
    name: 'longest: the one that refuses',
    file: `${ours}Disallow: /x/page.html\nAllow: /x/\n`,
    refused: ['/x/page.html'],
  },
  {
    name: 'longest: the one that allows',
    file: `${ours}Allow: /x/page.html\nDisallow: /x/\n`,
    allowed: ['/x/page.html'],
    refused: ['/x/'],
  },
  { name: 'longest: two empty ones', file: `${ours}Disallow: \nAllow: \n`, allowed: ['/x/page.html'] },
  { name: 'longest: a tie', file: `${shut}Allow: /\n`, allowed: ['/x/page.html'] },
  {
    name: 'longest: by a slash',
    file: `${ours}Disallow: /x\nAllow: /x/\n`,
    allowed: ['/x/'],
    refused: ['/x'],
  },
  {
    name: 'longest: a tie of long ones',
    file: `${ours}Disallow: /x/page.html\nAllow: /x/page.html\n`,
    allowed: ['/x/page.html'],
  },
  {
    name: 'longest: against a wildcard',
    file: `${ours}Allow: /x/page.\nDisallow: /*.html\n`,
    allowed: ['/x/page.html'],
    refused: ['/x/y.html'],
  },
  {
    name: 'longest: only within the own group',
    file: `User-agent: *\nDisallow: /x/\n${ours}Disallow: /y/\n`,
    allowed: ['/x/page'],
    refused: ['/y/page'],
  },

  {
    name: 'encoding: an address in a query stays as it is',
    file: `${shut}Allow: /x/y?a=b&c=http://site.example?d&e\n`,
    allowed: ['/x/y?a=b&c=http://site.example?d&e'],
  },
  ...['/x/ツ', '/x/%E3%83%84'].map((rule) => ({
    name: `encoding: ${rule}`,
    file: `${shut}Allow: ${rule}\n`,
    allowed: ['/x/%E3%83%84', '/x/ツ'],
    deviation: 'There the bare path is refused, since its caller has to encode it; here the URL parser has.',
  })),
  {
    name: 'encoding: unreserved characters',
    file: `${shut}Allow: /x/%62%61%7A\n`,
    allowed: ['/x/%62%61%7A', '/x/baz'],
    deviation: 'There /x/baz is refused. RFC 9309, 2.2.2 compares encoded unreserved characters decoded.',
  },

  {
    name: 'special: a star',
    file: `${ours}Disallow: /x/y/z\nAllow: /x/*/q\n`,
    allowed: ['/x/z', '/x//z', '/x/w/z'],
    refused: ['/x/y/z'],
  },
  {
    name: 'special: a dollar',
    file: `${ours}Disallow: /x/y$\nAllow: /x/y/q\n`,
    allowed: ['/x/y/q', '/x/y/', '/x/y/z'],
    refused: ['/x/y'],
  },
  {
    name: 'special: a comment',
    file: `${ours}# Disallow: /\nDisallow: /x/q#z\nAllow: /\n`,
    allowed: ['/x/y'],
    refused: ['/x/q'],
  },

  {
    name: 'index page: it stands for its folder',
    file: 'User-agent: *\nAllow: /in/index.html\nDisallow: /\n',
    allowed: ['/in/', '/in/index.html'],
    refused: ['/in/index.htm', '/other'],
  },

  {
    name: 'long lines: a refusing one is cut',
    file: `${ours}Disallow: ${cutPath('Disallow', 'a')}/more\n`,
    allowed: ['/y'],
    refused: [`${cutPath('Disallow', 'a')}/else`],
  },
  {
    name: 'long lines: allowing ones are cut',
    file: `${shut}Allow: ${cutPath('Allow', 'a')}/more\nAllow: ${cutPath('Allow', 'b')}/more\n`,
    allowed: [`${cutPath('Allow', 'a')}/more`, `${cutPath('Allow', 'b')}/else`],
    refused: ['/'],
  },

  ...['/fish', '/fish*'].map((rule) => ({
    name: `paths: ${rule}`,
    file: `${shut}Allow: ${rule}\n`,
    allowed: ['/fish', '/fish.html', '/fish/trout.html', '/fishtank', '/fishtank/a.html', '/fish.html?id=1'],
    refused: ['/bird', '/Fish.asp', '/catfish', '/?id=fish'],
  })),
  {
    name: 'paths: /fish/',
    file: `${shut}Allow: /fish/\n`,
    allowed: ['/fish/', '/fish/trout', '/fish/?trout', '/fish/trout.html', '/fish/?id=1'],
    refused: ['/bird', '/fish', '/fish.html', '/Fish/Trout.html'],
  },
  {
    name: 'paths: /*.php',
    file: `${shut}Allow: /*.php\n`,
    allowed: ['/a.php', '/b/a.php', '/b/a.php?c', '//b/a.php.d.html', '/a.php/', '/index?f=a.php/'],
    refused: ['/bird', '/php/', '/index?php', '/a.PHP'],
  },
  {
    name: 'paths: /*.php$',
    file: `${shut}Allow: /*.php$\n`,
    allowed: ['/a.php', '/b/a.php'],
    refused: ['/bird', '/a.php?c', '/a.php/', '/a.php5', '/php/', '/a?php', '/aphpa', '//a.PHP'],
  },
  {
    name: 'paths: /fish*.php',
    file: `${shut}Allow: /fish*.php\n`,
    allowed: ['/fish.php', '/fishtank/catfish.php?c'],
    refused: ['/bird', '/Fish.PHP'],
  },
  { name: 'precedence: a longer one', file: `${shut}Allow: /p\n`, allowed: ['/page'] },
  {
    name: 'precedence: a tie',
    file: `${ours}Allow: /folder\nDisallow: /folder\n`,
    allowed: ['/folder/page'],
  },
  {
    name: 'precedence: a longer wildcard',
    file: `${ours}Allow: /page\nDisallow: /*.htm\n`,
    refused: ['/page.htm'],
  },
  {
    name: 'precedence: the front page',
    file: `${shut}Allow: /$\n`,
    allowed: ['/'],
    refused: ['/page.html'],
  },

  ...['\n', '\r\n', '\r'].map((end) => ({
    name: `line ends: ${JSON.stringify(end)}`,
    file: ['User-agent: a', 'Allow: /x', 'User-agent: ours', '', '', 'Disallow: /', ''].join(end),
    refused: ['/x'],
  })),
  {
    name: 'line ends: none at the end, and mixed ones',
    file: 'User-agent: a\nAllow: /x\r\nUser-agent: ours\n\r\n\nDisallow: /',
    refused: ['/x'],
  },
  ...['\u00ef\u00bb\u00bf', '\u00ef\u00bb', '\u00ef'].map((mark) => ({
    name: `byte-order mark: ${mark.length} of its octets`,
    file: mark + shut,
    refused: ['/x'],
  })),
  { name: 'byte-order mark: a broken one', file: `\u00ef\u0011\u00bf${shut}`, allowed: ['/x'] },
  {
    name: 'byte-order mark: in the middle',
    file: `${ours}\u00ef\u00bb\u00bfDisallow: /\n`,
    allowed: ['/x'],
  },

  {
    name: 'paths of addresses: parameters, queries, fragments',
    file: `${shut}Allow: /a;b$\nAllow: /?a$\nAllow: /a/b?c=http://d.e/$\n`,
    allowed: ['/a;b#c', '?a', '/?a#x', '/a/b?c=http://d.e/'],
    refused: ['/a;bc', '/a/b?c=http://d.e/f'],
  },
  { name: 'escapes: small letters', file: `${ours}Disallow: /%aa\n`, refused: ['/%AA', '/%aa'] },
  {
    name: 'escapes: bare letters beyond ASCII',
    file: `${ours}Disallow: /á\n`,
    refused: ['/%C3%A1', '/%c3%a1'],
  },

  {
    name: 'RFC 9309, 2.2.2: encoding, by its table',
    file: `${ours}Disallow: /a/b?c=d&e=http://f.example?g&h\nDisallow: /p/ツ\nDisallow: /q/%62%61%7A\n`,
    refused: ['/a/b?c=d&e=http://f.example?g&h', '/p/%E3%83%84', '/q/baz'],
  },
  {
    name: 'RFC 9309, 2.2.3: special characters of a path are given encoded',
    file: `${ours}Disallow: /path/file-with-a-%2A.html\nDisallow: /path/foo-%24\n`,
    allowed: ['/path/file-with-a-x.html', '/path/foo-'],
    refused: [
      ...['/path/file-with-a-%2A.html', '/path/file-with-a-*.html'],
      ...['/path/foo-%24', '/path/foo-$'],
    ],
  },
  {
    name: 'RFC 9309, 5.2: the longest match',
    file: `${ours}Allow: /example/page/\nDisallow: /example/page/disallowed.gif\n`,
    allowed: ['/example/page/', '/example/page/allowed.gif'],
    refused: ['/example/page/disallowed.gif'],
  },
];

describe("robots.txt, by the reference parser's tests and the examples of RFC 9309", () => {
  for (const { name, file, token = 'ours', allowed = [], refused = [] } of cases) {
    it(name, () => {
      // An octet-order mark is written octet by octet, other letters as UTF-8.
      const isOctets = file.includes('\u00ef');
      const robots = parseRobots(Buffer.from(file, isOctets ? 'latin1' : 'utf8'), token);
      const isAllowed = (path: string): boolean => robots.isAllowed(new URL(path, 'https://site.example'));
      for (const path of allowed) assert.ok(isAllowed(path), `${path} should be allowed`);
      for (const path of refused) assert.ok(!isAllowed(path), `${path} should be refused`);
    });
  }

  it('sitemap lines count wherever they stand', () => {
    const rest = 'User-agent: a\nAllow: /x\nUser-agent: b\n\n\n';
    const line = 'Sitemap: https://site.example/map.xml\n';
    for (const file of [rest + line, line + rest]) {
      assert.deepEqual(parseRobots(Buffer.from(file), 'ours').sitemaps, ['https://site.example/map.xml']);
    }
  });
});
