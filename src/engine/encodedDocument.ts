/**
 * A document as it goes over the wire, beside what the engine itself wants to know of it: the thread that sends it
 * neither copies nor reads it.
 */
export interface EncodedDocument {
  /** As its crawl asked for; with the buffer to themselves. */
  bytes: Uint8Array<ArrayBuffer>;
  /** Where the page was read from. */
  url: string;
  /** 0 to 100. */
  qualityScore: number | null;
  parseMs: number;
  /** Equal for pages of the same content; `null` where nobody asked, or too little is there to tell. */
  contentDigest: string | null;
}
