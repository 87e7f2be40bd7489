import { maxUrlBytes } from '../protocol/limits';

/** What judges the URLs of a crawl: a RipTide 1.0 by its own rules, the built-in engine by the fewer it has. */
export type UrlRules = 'riptide' | 'engine';

const maxPercentSigns = 20;
const blockedParts = [
  'localhost',
  '127.0.0.1',
  '0.0.0.0',
  '::1',
  '169.254.',
  '10.',
  '172.16.',
  '192.168.',
] as const;
const blockedFileTypes = ['.exe', '.bat', '.cmd', '.scr', '.vbs', '.js'] as const;
/** 10/8, 127/8, 169.254/16, 172.16/12 and 192.168/16. */
const privateIpv4 = /^(10\.|127\.|169\.254\.|172\.(1[6-9]|2\d|3[01])\.|192\.168\.)[\d.]+$/;

/**
 * Why the server would refuse `url`, in words for its user; undefined when it would take it. Judged on the string as
 * sent, in RipTide's order (protocol 7): one refused URL makes the server refuse its whole request.
 */
export function refusalOf(url: string, rules: UrlRules): string | undefined {
  const byteCount = Buffer.byteLength(url);
  if (byteCount > maxUrlBytes)
    return `the URL is too long: ${byteCount} bytes, at most ${maxUrlBytes} are allowed`;
  const parsed = URL.parse(url);
  if (parsed === null) return 'not a full URL: it must look like https://example.com/page';
  if (parsed.protocol !== 'http:' && parsed.protocol !== 'https:') {
    return `only http and https can be crawled, not ${parsed.protocol.slice(0, -1)}`;
  }
  if (rules === 'engine') return undefined;
  const broken = brokenRule(url, parsed.hostname);
  return broken && `refused by RipTide's rule: ${broken}`;
}

function brokenRule(url: string, hostname: string): string | undefined {
  const part = blockedParts.find((blocked) => url.includes(blocked));
  if (part !== undefined) return `contains \`${part}\``;
  // The parser has turned every spelling of an IPv4 address into four decimals, and every host into lower case.
  if (hostname === 'localhost' || privateIpv4.test(hostname)) return `\`${hostname}\` is a private host`;
  const percentSigns = url.split('%').length - 1;
  if (percentSigns > maxPercentSigns) return `${percentSigns} \`%\` signs, more than ${maxPercentSigns}`;
  const lowerCase = url.toLowerCase();
  const fileType = blockedFileTypes.find((blocked) => lowerCase.includes(blocked));
  return fileType && `contains \`${fileType}\``;
}
