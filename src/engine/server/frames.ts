import { serverMessage } from '../../protocol/encode';
import type {
  Progress,
  RequestMark,
  ResultEncoding,
  ServerMessageData,
  ServerMessageType,
} from '../../protocol/messages';
import type { CrawledPage } from '../crawlEvent';
import { encodeValue } from '../wireEncoding';
import type { Frame } from './creditWindow';
import { withDocument, withoutDocument } from './withDocument';

/** One message as it goes over the WebSocket. */
export function encodeFrame<Type extends ServerMessageType>(
  type: Type,
  data: ServerMessageData[Type],
  mark: RequestMark = {},
): Frame {
  return { data: JSON.stringify(serverMessage(type, data, mark)), isBinary: false };
}

/** The message of a page. */
export function encodeResult(
  { index, result }: CrawledPage,
  progress: Progress,
  mark: RequestMark,
  encoding: ResultEncoding = 'json',
): Frame {
  const message = serverMessage('result', { index, result: withoutDocument(result), progress }, mark);
  const data = withDocument(encodeValue(message, encoding), result.document, encoding);
  return { data, isBinary: encoding === 'messagepack' };
}
