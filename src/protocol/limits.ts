/** Limits of RipTide's wire, as its own handler and SDK hold them. */

/** URLs in one crawl request; a server refuses the whole request above it. */
export const maxUrlsPerCrawl = 100;

/** Length of one URL in UTF-8 bytes. */
export const maxUrlBytes = 2048;

/** Default for the largest message a client accepts, in bytes; the Python SDK's figure. */
export const maxMessageBytes = 10 * 1024 * 1024;

/** Largest request a server reads, in bytes (tungstenite's default frame limit). */
export const maxRequestBytes = 16 * 1024 * 1024;

/** Largest body of an HTTP request, in bytes; above it RipTide's framework answers 413. */
export const maxBodyBytes = 2 * 1024 * 1024;

/** Length of a request id, in UTF-16 units. */
export const maxRequestIdLength = 128;

/** Crawls with request ids that one connection may have under way. */
export const maxCrawlsPerConnection = 32;

/** Interval of the server's keepalive Ping frames, in milliseconds. */
export const serverPingIntervalMs = 30_000;

/** Path of the WebSocket endpoint below the server's address. */
export const crawlSocketPath = '/crawl/ws';
