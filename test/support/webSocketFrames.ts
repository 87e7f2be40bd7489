/** RFC 6455 by hand: a fake server must be able to send what no library would, and to leave a Close unanswered. */

export const opcodes = { text: 1, binary: 2, close: 8, ping: 9, pong: 10 } as const;

export interface Frame {
  opcode: number;
  payload: Buffer;
}

/** One unmasked, unfragmented frame, as a server sends it. */
export function encodeFrame(opcode: number, payload: Buffer): Buffer {
  return Buffer.concat([frameHead(opcode, payload.length), payload]);
}

/** The head of a frame whose payload may never follow. */
export function frameHead(opcode: number, payloadBytes: number): Buffer {
  const first = 0x80 | opcode;
  if (payloadBytes < 126) return Buffer.from([first, payloadBytes]);
  const head = Buffer.alloc(payloadBytes < 65_536 ? 4 : 10);
  head[0] = first;
  head[1] = head.length === 4 ? 126 : 127;
  if (head.length === 4) head.writeUInt16BE(payloadBytes, 2);
  else head.writeBigUInt64BE(BigInt(payloadBytes), 2);
  return head;
}

/** Cuts a client's masked, unfragmented frames out of a stream of bytes. */
export class FrameReader {
  private pending: Buffer = Buffer.alloc(0);

  read(chunk: Buffer): Frame[] {
    this.pending = Buffer.concat([this.pending, chunk]);
    const frames: Frame[] = [];
    for (let frame = this.take(); frame !== undefined; frame = this.take()) frames.push(frame);
    return frames;
  }

  private take(): Frame | undefined {
    const bytes = this.pending;
    if (bytes.length < 2) return undefined;
    const short = bytes[1]! & 0x7f;
    const maskAt = short === 126 ? 4 : short === 127 ? 10 : 2;
    if (bytes.length < maskAt + 4) return undefined;
    const length =
      short === 126 ? bytes.readUInt16BE(2) : short === 127 ? Number(bytes.readBigUInt64BE(2)) : short;
    const end = maskAt + 4 + length;
    if (bytes.length < end) return undefined;
    const mask = bytes.subarray(maskAt, maskAt + 4);
    const payload = Buffer.from(bytes.subarray(maskAt + 4, end)).map((byte, at) => byte ^ mask[at % 4]!);
    this.pending = bytes.subarray(end);
    return { opcode: bytes[0]! & 0x0f, payload: Buffer.from(payload) };
  }
}
