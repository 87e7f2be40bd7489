/** Where the URLs of a crawl come from that another extension starts. */
export interface UrlSource {
  /**
   * Set it to true only where a person has typed or picked these very URLs: they may then lead to private addresses, such
   * as a dev server's. Never for what a page, a model or an agent has come up with.
   */
  isTypedByUser?: boolean;
}

/** What a crawl is asked for with, so that only what somebody has typed reaches private addresses. */
export function withReach<Options extends { public_only?: boolean }>(
  options: Options,
  { isTypedByUser }: UrlSource = {},
): Options {
  return isTypedByUser === true ? options : { ...options, public_only: true };
}
