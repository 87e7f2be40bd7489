import sniffEncoding from 'html-encoding-sniffer';

const startBytes = 1024;
const headBytes = 64 * 1024;
const xmlEncoding = /^<\?xml\s[^>]*?\sencoding\s*=\s*["']([\w.:-]+)["']/;
/** Comments and scripts are passed over, and may be of any length; a tag that never ends is not looked for to the end. */
const metaTag = /<!--[^]*?(?:-->|$)|<script\b[^]*?(?:<\/script|$)|<meta\s[^>]{0,500}>/gi;

/** The encoding that a label of the Encoding Standard means; null for one that names no encoding of text. */
export function labelledEncoding(label: string): string | null {
  const encoding = sniffEncoding(new Uint8Array(), {
    xml: true,
    transportLayerEncodingLabel: label.trim(),
    defaultEncoding: 'none',
  });
  return ['none', 'replacement', 'x-user-defined'].includes(encoding) ? null : encoding;
}

/** What markup says of itself: where browsers look for it, in an XML declaration, or further down than they look. */
export function encodingOfMarkup(body: Uint8Array): string | null {
  return metaEncoding(body) ?? xmlDeclaration(body) ?? lateMeta(body);
}

function metaEncoding(bytes: Uint8Array): string | null {
  try {
    const encoding = sniffEncoding(bytes, { defaultEncoding: 'none' });
    return encoding === 'none' || encoding === 'replacement' ? null : encoding;
  } catch {
    // It fails over a "charset" that nothing comes after.
    return null;
  }
}

function xmlDeclaration(body: Uint8Array): string | null {
  const [, label] = xmlEncoding.exec(latin1(body.subarray(0, startBytes))) ?? [];
  const encoding = label === undefined ? null : labelledEncoding(label);
  // What can be read as bytes of ASCII is not in the encoding that it names.
  return encoding?.startsWith('UTF-16') ? null : encoding;
}

function lateMeta(body: Uint8Array): string | null {
  for (const [tag] of latin1(body.subarray(0, headBytes)).matchAll(metaTag)) {
    const encoding = /^<meta/i.test(tag) ? metaEncoding(Buffer.from(tag, 'latin1')) : null;
    if (encoding !== null) return encoding;
  }
  return null;
}

function latin1(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
}
