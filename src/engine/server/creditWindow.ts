import type { CreditGrant } from '../../protocol/messages';

/** What goes over a WebSocket in one message: MessagePack if it is binary. */
export interface Frame {
  data: string | Uint8Array;
  isBinary: boolean;
}

interface HeldFrame {
  sequence: number;
  frame: Frame;
}

/** Above it, what is not acknowledged keeps more from being made; of one crawl. */
const maxHeldBytes = 4 * 1024 * 1024;

/** The numbered messages of one crawl: sent as far as the client's credit goes, and held until they are acknowledged. */
export class CreditWindow {
  private held: HeldFrame[] = [];
  private heldBytes = 0;
  private lastMade = 0;
  private lastSent = 0;
  private received = 0;
  private allowed: number;

  constructor(credit: number) {
    this.allowed = credit;
  }

  /** Whether another message may be made. One may always be, where none is held: it can be of any size. */
  get hasRoom(): boolean {
    return this.lastMade < this.allowed && this.heldBytes < maxHeldBytes;
  }

  get isAllSent(): boolean {
    return this.lastSent === this.lastMade;
  }

  get isAllReceived(): boolean {
    return this.received === this.lastMade;
  }

  add(encode: (sequence: number) => Frame): void {
    const sequence = ++this.lastMade;
    const frame = encode(sequence);
    this.held.push({ sequence, frame });
    this.heldBytes += sizeOf(frame);
  }

  /** The messages that may be sent now; they count as sent. */
  takeDue(): Frame[] {
    const due = this.held.filter(({ sequence }) => sequence > this.lastSent && sequence <= this.allowed);
    this.lastSent = due.at(-1)?.sequence ?? this.lastSent;
    return due.map(({ frame }) => frame);
  }

  /** False when it acknowledges what was never made. */
  grant({ received, credit }: CreditGrant): boolean {
    if (received > this.lastMade) return false;
    // Of two grants that were sent anew in another order, the later one counts.
    this.received = Math.max(this.received, received);
    this.allowed = Math.max(this.received, received + credit);
    this.lastSent = Math.max(this.lastSent, this.received);
    this.held = this.held.filter(({ sequence }) => sequence > this.received);
    this.heldBytes = this.held.reduce((sum, { frame }) => sum + sizeOf(frame), 0);
    return true;
  }

  /** What was sent before has to be sent again, for another connection. */
  rewind(): void {
    this.lastSent = this.received;
  }
}

/** Of a text its length: what it takes in memory, for most texts, and near enough for a bound. */
function sizeOf({ data }: Frame): number {
  return typeof data === 'string' ? data.length : data.byteLength;
}
