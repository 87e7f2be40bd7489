import type {
  ClientMessage,
  PageResult,
  RequestMark,
  ServerMessageData,
  ServerMessageType,
} from './messages';

/** A server message as it goes over the wire, in whatever encoding, stamped with `now`. */
export function serverMessage<Type extends ServerMessageType>(
  type: Type,
  data: ServerMessageData[Type],
  mark: RequestMark = {},
  now: Date = new Date(),
): object {
  const ordered = type === 'result' ? inWireOrder(data as PageResult) : data;
  return { message_type: type, ...mark, data: ordered, timestamp: rfc3339(now) };
}

/** RipTide's encoder sorts the keys of `data`, and `peekResult` reads them in that order alone. */
function inWireOrder({ index, progress, result }: PageResult): object {
  return { index, progress: sortedByKey(progress), result: sortedByKey(result) };
}

function sortedByKey(fields: object): object {
  return Object.fromEntries(Object.entries(fields).sort(([one], [other]) => (one < other ? -1 : 1)));
}

/** The text of a server message, stamped with `now`. */
export function encodeServerMessage<Type extends ServerMessageType>(
  type: Type,
  data: ServerMessageData[Type],
  now: Date = new Date(),
): string {
  return JSON.stringify(serverMessage(type, data, {}, now));
}

export function encodeClientMessage(message: ClientMessage): string {
  return JSON.stringify(message);
}

/** RFC 3339 in UTC with RipTide's `+00:00` offset and nanosecond digits, such as `2025-11-01T09:31:19.123000000+00:00`. */
export function rfc3339(time: Date): string {
  return `${time.toISOString().slice(0, -1)}000000+00:00`;
}
