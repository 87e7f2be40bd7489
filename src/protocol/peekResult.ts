import type { RequestMark } from './messages';

/** What a page's result says before its document; the page was read well. */
export interface PeekedResult extends RequestMark {
  /** Place of the URL in its request. */
  index: number;
  /** As requested. */
  url: string;
}

/** What is looked at on either side of the document; longer ends are rare, and then the message is decoded whole. */
const maxEndBytes = 1024;

const plain = String.raw`[^"\\\x00-\x1f]*`;
const plainText = `"${plain}"`;
const anyText = String.raw`"(?:[^"\\\x00-\x1f]|\\["\\/bfnrt]|\\u[0-9a-fA-F]{4})*"`;
const count = String.raw`(?:0|[1-9]\d{0,14})`;
const fraction = String.raw`-?(?:0|[1-9]\d{0,14})(?:\.\d{1,40})?(?:[eE][+-]?\d{1,2})?`;
const validators = String.raw`\{(?:"etag":${anyText},?)?(?:(?<=[{,])"last_modified":${anyText})?(?<!,)\}`;

const documentBegin = '{"';

const head = new RegExp(
  String.raw`^\{"message_type":"result",(?:"request_id":"(${plain})",)?(?:"sequence":(${count}),)?` +
    String.raw`"data":\{"index":(${count}),"result":\{"url":"(${plain})","status":${count},` +
    String.raw`"from_cache":(?:true|false),"gate_decision":${plainText},"quality_score":(?:null|${fraction}),` +
    String.raw`"processing_time_ms":${count},"document":` +
    documentBegin,
);

/** Its first quote follows a comma, so no text inside the document can hold it: there a backslash would come between. */
const afterDocument = '},"error":null,"cache_key":"';

const tail = new RegExp(
  String.raw`^${afterDocument.slice(0, -1)}${plainText}(?:,"truncated":(?:true|false))?(?:,"validators":${validators})?\},` +
    String.raw`"progress":\{"completed":${count},"total":${count},"success_rate":${fraction}\}\},"timestamp":${plainText}\}$`,
);

/**
 * Reads, without its document, the message of a page that was read well, when it is spelled as RipTide spells it: field
 * by field in that order, without white space. Anything else is `undefined`: decode it whole. That the document is
 * sound, and that nothing behind it says otherwise, is only known after `decodePeekedResult`.
 *
 * @param bytes of one text message.
 */
export function peekResult(bytes: Buffer): PeekedResult | undefined {
  const ends = findEnds(bytes);
  if (ends === undefined) return undefined;
  const [, requestId, sequence, index, url = ''] = ends.begin;
  const peeked: PeekedResult = { index: Number(index), url: fromUtf8(url) };
  if (requestId !== undefined) peeked.request_id = fromUtf8(requestId);
  if (sequence !== undefined) peeked.sequence = Number(sequence);
  return peeked;
}

/** A message that {@link peekResult} reads, parted at its document. */
export function peekAround(
  bytes: Buffer,
): { before: string; documentJson: Buffer; after: string } | undefined {
  const ends = findEnds(bytes);
  if (ends === undefined) return undefined;
  const { begin, end } = ends;
  const before = fromUtf8(begin[0].slice(0, -documentBegin.length));
  // The document's last brace belongs to what was found.
  const after = fromUtf8(end.slice(1));
  const documentJson = bytes.subarray(begin[0].length - documentBegin.length, bytes.length - end.length + 1);
  return { before, documentJson, after };
}

/** Both in one character for each byte. */
function findEnds(bytes: Buffer): { begin: RegExpExecArray; end: string } | undefined {
  const begin = head.exec(bytes.toString('latin1', 0, maxEndBytes));
  if (begin === null) return undefined;
  const last = bytes.toString('latin1', Math.max(0, bytes.length - maxEndBytes));
  const at = last.lastIndexOf(afterDocument);
  const end = last.slice(at);
  return at >= 0 && tail.test(end) ? { begin, end } : undefined;
}

/** Of bytes that were read as one character each. */
function fromUtf8(text: string): string {
  return /[\x80-\xff]/.test(text) ? Buffer.from(text, 'latin1').toString() : text;
}
