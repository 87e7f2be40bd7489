import { Encoder } from '@msgpack/msgpack';
import { serverMessage } from '../../protocol/encode';
import type {
  RequestMark,
  ResultEncoding,
  ServerMessageData,
  ServerMessageType,
} from '../../protocol/messages';
import type { Frame } from './creditWindow';

// As in JSON, a field without a value is left out.
const encoder = new Encoder({ ignoreUndefined: true });

/** One message as it goes over the WebSocket. */
export function encodeFrame<Type extends ServerMessageType>(
  type: Type,
  data: ServerMessageData[Type],
  mark: RequestMark = {},
  encoding: ResultEncoding = 'json',
): Frame {
  const message = serverMessage(type, data, mark);
  return encoding === 'json' ? JSON.stringify(message) : encoder.encode(message);
}
