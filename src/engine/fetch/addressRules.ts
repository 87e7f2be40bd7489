import { BlockList, isIP } from 'node:net';

/** `forbidden` addresses are fetched for nobody, `private` ones only for who asked for that very URL. */
export type AddressKind = 'public' | 'private' | 'forbidden';

/** Where a request may go: `any` reaches private addresses too, never forbidden ones. */
export type Reach = 'any' | 'public';

type Subnet = readonly [address: string, prefix: number];

const loopbackV4: readonly Subnet[] = [['127.0.0.0', 8]];

const privateV4: readonly Subnet[] = [
  ...loopbackV4,
  // Linux connects 0.0.0.0 to itself.
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
];

const privateV6: readonly Subnet[] = [
  // Unspecified, loopback and the long-dead IPv4-compatible form, which some systems still route.
  ['::', 96],
  ['::ffff:0:0:0', 96],
  ['64:ff9b:1::', 48],
  ['100::', 64],
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['3fff::', 20],
  ['5f00::', 16],
  ['fc00::', 7],
  ['fe80::', 10],
  ['fec0::', 10],
  ['ff00::', 8],
];

// Clouds hand out credentials at these. Link-local IPv4 is forbidden as a whole, since each cloud picked its
// own addresses there; 168.63.129.16 is public by range, yet reached only from inside its cloud.
const forbiddenV4: readonly Subnet[] = [
  ['169.254.0.0', 16],
  ['100.100.100.200', 32],
  ['168.63.129.16', 32],
  ['192.0.0.192', 32],
];

const forbiddenV6: readonly Subnet[] = [
  ['fd00:ec2::', 32],
  ['fd20:ce::254', 128],
  ['fd00:a9fe:a9fe::1', 128],
  ['fd00:c1::a9fe:a9fe', 128],
  ['fd00:42::42', 128],
  ['fe80::a9fe:a9fe', 128],
];

const forbiddenNames = new Set([
  'metadata.google.internal',
  'metadata.goog',
  'metadata.azure.internal',
  'metadata.tencentyun.com',
  'instance-data.ec2.internal',
]);

const loopbackRules = listOf(loopbackV4, [['::1', 128]]);
const privateRules = listOf(privateV4, privateV6);
const forbiddenRules = listOf(forbiddenV4, forbiddenV6);

/** Judges an IP address as a resolver gives it, with or without a zone (`fe80::1%eth0`). */
export function judgeAddress(address: string): AddressKind {
  const bare = address.replace(/%.*$/s, '');
  if (isIP(bare) === 0 || isListed(forbiddenRules, bare)) return 'forbidden';
  return isListed(privateRules, bare) ? 'private' : 'public';
}

/**
 * Judges the host of a parsed URL, whose parser has already brought decimal, octal, hexadecimal, short and
 * full-width spellings into one form. A name is `null`: its addresses are judged when it is resolved.
 */
export function judgeHost(hostname: string): AddressKind | null {
  const name = bareHost(hostname);
  if (isIP(name) !== 0) return judgeAddress(name);
  if (forbiddenNames.has(name)) return 'forbidden';
  return isLocalhostName(name) ? 'private' : null;
}

export function isLoopbackHost(hostname: string): boolean {
  const name = bareHost(hostname);
  return isIP(name) !== 0 ? isListed(loopbackRules, name) : isLocalhostName(name);
}

/** `localhost` and everything below it is this machine by RFC 6761, whatever a resolver says. */
export function isLocalhostName(hostname: string): boolean {
  return /^(?:.+\.)?localhost$/i.test(bareHost(hostname));
}

/** Without an IPv6 literal's brackets and the dots that end a fully qualified name. */
export function bareHost(hostname: string): string {
  return hostname.replace(/^\[|\]$|\.+$/g, '').toLowerCase();
}

function isListed(rules: BlockList, address: string): boolean {
  return rules.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4');
}

function listOf(v4: readonly Subnet[], v6: readonly Subnet[]): BlockList {
  const rules = new BlockList();
  for (const [address, prefix] of v6) rules.addSubnet(address, prefix, 'ipv6');
  for (const [address, prefix] of v4) {
    rules.addSubnet(address, prefix, 'ipv4');
    // The same network as written into IPv6: mapped, compatible, translated, NAT64 (well-known, local), 6to4.
    for (const embedding of ['::ffff:', '::', '::ffff:0:', '64:ff9b::', '64:ff9b:1::']) {
      rules.addSubnet(`${embedding}${address}`, 96 + prefix, 'ipv6');
    }
    rules.addSubnet(`2002:${hexGroups(address)}::`, 16 + prefix, 'ipv6');
  }
  return rules;
}

function hexGroups(address: string): string {
  const hex = address.split('.').map((octet) => Number(octet).toString(16).padStart(2, '0'));
  return `${hex.slice(0, 2).join('')}:${hex.slice(2).join('')}`;
}
