export interface ContentType {
  /** Lower case; empty when absent or malformed. */
  mediaType: string;
  charset: string | null;
}

export function parseContentType(header: string | undefined): ContentType {
  const [type = '', ...parameters] = (header ?? '').split(';');
  const mediaType = type.trim().toLowerCase();
  const charset = parameters
    .map((parameter) => /^\s*charset\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"']+))/i.exec(parameter))
    .map((match) => match?.[1] ?? match?.[2] ?? match?.[3])
    .find((value) => value !== undefined && value !== '');
  return { mediaType: /^[^\s/]+\/[^\s/]+$/.test(mediaType) ? mediaType : '', charset: charset ?? null };
}

const unclearTypes = new Set([
  ...['', '*/*', 'unknown/unknown', 'application/unknown', 'application/octet-stream'],
  // Error pages come under the type of what should have been there.
  ...['application/pdf', 'application/x-pdf'],
]);

/** `unclear` types do not settle what the content is, so the content itself must be looked at. */
export function judgeMediaType(mediaType: string): 'text' | 'unclear' | 'other' {
  if (unclearTypes.has(mediaType)) return 'unclear';
  if (mediaType.startsWith('text/')) return 'text';
  return /^application\/(?:.+\+)?(?:xml|json)$/.test(mediaType) ? 'text' : 'other';
}

/** Whether some content, by its start, has no text that can be read: it is no PDF, and has bytes that no text holds. */
export function isBinary(content: Uint8Array): boolean {
  const start = Buffer.from(content.buffer, content.byteOffset, Math.min(content.byteLength, 1445));
  if (start.subarray(0, 5).toString('latin1') === '%PDF-') return false;
  const isUtf16 = (start[0] === 0xfe && start[1] === 0xff) || (start[0] === 0xff && start[1] === 0xfe);
  // The binary data bytes of WHATWG's MIME sniffing standard, which also sets the length looked at.
  return !isUtf16 && start.some((byte) => byte < 0x20 && ![0x09, 0x0a, 0x0c, 0x0d, 0x1b].includes(byte));
}
