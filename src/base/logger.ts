/** Where the core writes what happened. Never give it a token, a header value or a page's text. */
export interface Logger {
  debug(message: string): void;
  info(message: string): void;
  warn(message: string): void;
  error(message: string): void;
}
