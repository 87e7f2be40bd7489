import type { CrawlResult, RequestMark, Validators } from './messages';

/** What a page's result says before its document; the page was read well. */
export interface PeekedResult extends RequestMark {
  /** Place of the URL in its request. */
  index: number;
  /** As requested. */
  url: string;
}

export interface AroundDocument extends Pick<
  CrawlResult,
  'status' | 'processing_time_ms' | 'quality_score' | 'truncated' | 'validators'
> {
  documentJson: Buffer;
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
    String.raw`"data":\{"index":(${count}),` +
    String.raw`"progress":\{"completed":${count},"success_rate":${fraction},"total":${count}\},` +
    String.raw`"result":\{"cache_key":${plainText},"document":` +
    documentBegin,
);

/** Its first quote follows a comma, so no text inside the document can hold it: there a backslash would come between. */
const afterDocument = '},"error":null,"from_cache":';

const tail = new RegExp(
  String.raw`^${afterDocument}(?:true|false),"gate_decision":${plainText},"processing_time_ms":(${count}),` +
    String.raw`"quality_score":(null|${fraction}),"status":(${count})(?:,"truncated":(true|false))?,` +
    String.raw`"url":"(${plain})"(?:,"validators":(${validators}))?\}\},"timestamp":${plainText}\}$`,
);

/**
 * Reads, without its document, the message of a page that was read well, when it is spelled as RipTide spells it: without
 * white space, and the keys of `data` sorted by name. Anything else is `undefined`: decode it whole. That the document is
 * sound, and that nothing behind it says otherwise, is only known once that is decoded.
 *
 * @param bytes of one text message.
 */
export function peekResult(bytes: Buffer): PeekedResult | undefined {
  const ends = findEnds(bytes);
  if (ends === undefined) return undefined;
  const [, requestId, sequence, index] = ends.begin;
  const url = ends.end[5] ?? '';
  const peeked: PeekedResult = { index: Number(index), url: fromUtf8(url) };
  if (requestId !== undefined) peeked.request_id = fromUtf8(requestId);
  if (sequence !== undefined) peeked.sequence = Number(sequence);
  return peeked;
}

/** What a result that {@link peekResult} reads says around its document, and the document as it came. */
export function peekAround(bytes: Buffer): AroundDocument | undefined {
  const ends = findEnds(bytes);
  if (ends === undefined) return undefined;
  const { begin, end } = ends;
  const [tail, processingMs, quality, status, truncated, , validators] = end;
  const around: AroundDocument = {
    status: Number(status),
    processing_time_ms: Number(processingMs),
    quality_score: quality === 'null' ? null : Number(quality),
    // The document's last brace belongs to what was found.
    documentJson: bytes.subarray(begin[0].length - documentBegin.length, bytes.length - tail.length + 1),
  };
  if (truncated !== undefined) around.truncated = truncated === 'true';
  if (validators !== undefined) around.validators = JSON.parse(fromUtf8(validators)) as Validators;
  return around;
}

/** Both in one character for each byte. */
function findEnds(bytes: Buffer): { begin: RegExpExecArray; end: RegExpExecArray } | undefined {
  const begin = head.exec(bytes.toString('latin1', 0, maxEndBytes));
  if (begin === null) return undefined;
  const last = bytes.toString('latin1', Math.max(0, bytes.length - maxEndBytes));
  const at = last.lastIndexOf(afterDocument);
  const end = at < 0 ? null : tail.exec(last.slice(at));
  return end === null ? undefined : { begin, end };
}

/** Of bytes that were read as one character each. */
export function fromUtf8(text: string): string {
  return /[\x80-\xff]/.test(text) ? Buffer.from(text, 'latin1').toString() : text;
}
