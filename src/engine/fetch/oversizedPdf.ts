import { CrawlFailure } from '../crawlFailure';
import type { HttpHead, HttpResponse } from './httpClient';
import { parseContentType } from './mediaType';
import { shownUrl } from './shownUrl';

const pdfTypes = new Set(['application/pdf', 'application/x-pdf']);
const startBytes = 1024;

/** Whether an answer says beforehand that it is a PDF of more than `maxBytes`. */
export function announcesOversizedPdf({ headers }: HttpHead, maxBytes: number): boolean {
  const isPdf = pdfTypes.has(parseContentType(headers['content-type']).mediaType);
  return isPdf && Number(headers['content-length'] ?? 0) > maxBytes;
}

/**
 * Any other page is worth reading up to where it was cut, while a PDF keeps at its end what its beginning means.
 *
 * @throws {CrawlFailure} `too-large`.
 */
export function refuseOversizedPdf(response: HttpResponse, maxBytes: number): void {
  const isCut = response.isTruncated && Buffer.from(response.body.subarray(0, startBytes)).includes('%PDF-');
  if (!isCut && !announcesOversizedPdf(response, maxBytes)) return;
  const limit = `${Math.round(maxBytes / 1024 / 1024)} MB`;
  const message = `${shownUrl(response.url)} is a PDF of more than ${limit}, too large to be read. Open it in a browser instead.`;
  throw new CrawlFailure('too-large', message, { status: response.status });
}
