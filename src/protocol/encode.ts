import type { ClientMessage, ServerMessageData, ServerMessageType } from './messages';

/** The text of a server message, stamped with `now`. */
export function encodeServerMessage<Type extends ServerMessageType>(
  type: Type,
  data: ServerMessageData[Type],
  now: Date = new Date(),
): string {
  return JSON.stringify({ message_type: type, data, timestamp: rfc3339(now) });
}

export function encodeClientMessage(message: ClientMessage): string {
  return JSON.stringify(message);
}

/** RFC 3339 in UTC with RipTide's `+00:00` offset and nanosecond digits, such as `2025-11-01T09:31:19.123000000+00:00`. */
export function rfc3339(time: Date): string {
  return `${time.toISOString().slice(0, -1)}000000+00:00`;
}
