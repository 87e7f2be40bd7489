/** Names that say where a visitor came from, never what the page shows. */
const trackingNames =
  /^(?:utm_.*|mtm_.*|pk_(?:campaign|kwd|source|medium|content|keyword)|hsa_.*|(?:g|fb|ms|tt|tw|yc|dc|wbraid|gbraid)clid|gclsrc|[gw]braid|dclid|msclkid|mc_[ce]id|_hsenc|_hsmi|_gl|_ga|igshid|igsh|oly_(?:anon|enc)_id|vero_id|yclid|mkt_tok|srsltid)$/i;

const sessionNames = /^(?:php|asp|j)?sess(?:ion)?_?id$|^aspsessionid.*$|^cfid$|^cftoken$|^zenid$|^oscsid$/i;

/** These may as well be the number of a story. */
const vagueSessionNames = /^(?:sid|sess|session)$/i;

const folderIndex = /\/index\.html?$/i;
const pathSession = /;(?:jsessionid|phpsessid|sid)=[^/;]*/gi;
const cookielessSession = /\/\((?:[A-Z]\([^()/]*\))+\)(?=\/)/gi;

/**
 * The address that a found URL is crawled by: without the fragment (but for `#!`, which names pages), marks of
 * advertising and session ids. The URL itself where it has none of these.
 */
export function crawledUrl(url: URL): URL {
  const path = url.pathname.replace(pathSession, '').replace(cookielessSession, '');
  const parameters = url.search.slice(1).split('&');
  const kept = parameters.filter((parameter) => !isOfVisitor(parameter));
  const hasFragment = url.href.includes('#') && !url.hash.startsWith('#!');
  if (!hasFragment && path === url.pathname && kept.length === parameters.length) return url;
  const clean = new URL(url);
  if (hasFragment) clean.hash = '';
  clean.pathname = path;
  // Only then, so that all other spellings stay the site's own.
  if (kept.length < parameters.length) clean.search = kept.join('&');
  return clean;
}

/** Equal for URLs that lead to the same page whoever the site is; no address to be fetched. */
export function urlKey(url: URL): string {
  const { protocol, host, pathname, search, hash } = crawledUrl(url);
  const path = normalEscapes(pathname).replace(folderIndex, '/');
  const parameters = search
    .slice(1)
    .split('&')
    .filter((parameter) => parameter !== '')
    .map((parameter) => normalEscapes(parameter.replaceAll('+', '%20')).replace(/=$/, ''))
    .sort();
  const query = parameters.length > 0 ? `?${parameters.join('&')}` : '';
  return `${protocol}//${host.replace(/\.(?=$|:)/, '')}${path}${query}${hash}`;
}

function isOfVisitor(parameter: string): boolean {
  const [name = '', value = ''] = parameter.split('=', 2);
  if (trackingNames.test(name) || sessionNames.test(name)) return true;
  return vagueSessionNames.test(name) && /^(?=.*\d)(?=.*[a-z])[\w-]{6,}$|^\w{20,}$/i.test(value);
}

/** RFC 3986, 6.2.2: escapes in capitals, and none of what needs none. */
function normalEscapes(text: string): string {
  return text.replace(/%([0-9a-f]{2})/gi, (escape, hex: string) => {
    const character = String.fromCharCode(Number.parseInt(hex, 16));
    return /[\w.~-]/.test(character) ? character : escape.toUpperCase();
  });
}
