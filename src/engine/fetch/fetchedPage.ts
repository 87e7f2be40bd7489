import type { Validators } from '../../protocol/messages';

/** What came back for one URL: headers judged, body decompressed, not yet decoded to text. */
export interface FetchedPage {
  /** After redirects. */
  url: string;
  /** 304 only where validators were sent: the body is empty then, and the page as it was. */
  status: number;
  /** Lower case, without parameters; empty when the server named none. */
  mediaType: string;
  /** The header's `charset` parameter, as sent. */
  charset: string | null;
  /** Decompressed; at most the size limit. */
  body: Uint8Array;
  /** The IP address that it came from; `null` when that is not known. */
  address: string | null;
  /** The body was cut at the size limit. */
  isTruncated: boolean;
  /** Its HTTP header asks crawlers not to follow its links. */
  isNofollow: boolean;
  /** The `Cookie` header by which its server would know the crawl again; empty when it set none, nor did the user. */
  cookies: string;
  /** Those of the answer; `null` when it names none. */
  validators: Validators | null;
}
