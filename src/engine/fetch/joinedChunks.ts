import { Transform, type TransformCallback } from 'node:stream';

/** Larger ones are worth a call of their own. */
const smallBytes = 1024;
const mostBytes = 64 * 1024;

/** Joins small chunks that come in one turn of the event loop, for a reader to whom each costs the same, however small it is. */
export class JoinedChunks extends Transform {
  private waiting: Buffer[] = [];
  private byteCount = 0;

  override _transform(chunk: Buffer, _encoding: string, done: TransformCallback): void {
    if (this.byteCount === 0 && chunk.length >= smallBytes) {
      done(null, chunk);
      return;
    }
    if (this.byteCount === 0) setImmediate(() => this.pushWaiting());
    this.waiting.push(chunk);
    this.byteCount += chunk.length;
    if (this.byteCount < mostBytes) done();
    else done(null, this.takeWaiting());
  }

  override _flush(done: TransformCallback): void {
    done(null, this.byteCount === 0 ? undefined : this.takeWaiting());
  }

  private pushWaiting(): void {
    if (this.byteCount > 0 && !this.destroyed) this.push(this.takeWaiting());
  }

  private takeWaiting(): Buffer {
    const joined = Buffer.concat(this.waiting, this.byteCount);
    this.waiting = [];
    this.byteCount = 0;
    return joined;
  }
}
