import type { IncomingMessage } from 'node:http';
import { decodeCrawlRequest } from '../../protocol/decodeClientMessage';
import { maxBodyBytes } from '../../protocol/limits';
import type { CrawlRequest } from '../../protocol/messages';
import { ProtocolError } from '../../protocol/protocolError';
import { HttpRefusal } from './httpRefusal';

/**
 * Reads the crawl request that all `POST` endpoints take as their JSON body (protocol 3).
 *
 * @throws {HttpRefusal} 415 for another content type, 413 above 2 MiB, 400 for what is not JSON, 422 for JSON that
 *   is no crawl request.
 */
export async function readCrawlBody(request: IncomingMessage): Promise<CrawlRequest> {
  judgeContentType(request.headers['content-type']);
  const body = await readBytes(request);
  try {
    // Strict about UTF-8, since a URL with replacement characters would be another URL.
    const crawl = decodeCrawlRequest(new TextDecoder('utf-8', { fatal: true }).decode(body));
    // Only a WebSocket has frames for anything else.
    return { ...crawl, encoding: 'json' };
  } catch (error) {
    if (error instanceof TypeError) throw HttpRefusal.text(400, 'The body is not UTF-8');
    if (!(error instanceof ProtocolError)) throw error;
    const status = error.reason === 'not-a-message' ? 400 : 422;
    throw HttpRefusal.text(status, `Bad request: ${error.message}`);
  }
}

/** Besides the protocol's sake, it keeps out what a foreign page may send without a preflight: forms and plain text. */
function judgeContentType(contentType: string | undefined): void {
  if (contentType === undefined) {
    throw HttpRefusal.text(415, 'Send the request as JSON, with `Content-Type: application/json`');
  }
  if (!/^application\/([\w.-]+\+)?json\s*(;|$)/i.test(contentType)) {
    const message = `Content type ${contentType.slice(0, 100)} is not read here: send application/json`;
    throw HttpRefusal.envelope(415, 'unsupported_media_type', message);
  }
}

function readBytes(request: IncomingMessage): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    // What comes after the limit is read and dropped: most clients look at the answer only once they have sent all.
    request.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size <= maxBodyBytes) {
        chunks.push(chunk);
      } else {
        chunks.length = 0;
        reject(HttpRefusal.text(413, `The body is over ${maxBodyBytes} bytes: send fewer or shorter URLs`));
      }
    });
    request.once('end', () => resolve(Buffer.concat(chunks)));
    request.once('error', reject);
  });
}
