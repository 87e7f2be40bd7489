/** Indexes of a crawl that go into one request. */
export type Batch = readonly number[];

/** The batches still to be asked for. What comes back is asked for last, so that a faulty batch holds up no other. */
export class BatchQueue {
  private readonly total: number;
  private batchSize: number;
  private readonly returned: Batch[] = [];
  private nextFresh = 0;

  constructor(total: number, batchSize: number) {
    this.total = total;
    this.batchSize = batchSize;
  }

  /** Batches that a crawl without a failure takes. */
  get plannedBatches(): number {
    return Math.ceil(this.total / this.batchSize);
  }

  take(): Batch | undefined {
    if (this.nextFresh === this.total) return this.takeReturned();
    const start = this.nextFresh;
    this.nextFresh = Math.min(start + this.batchSize, this.total);
    return Array.from({ length: this.nextFresh - start }, (_, at) => start + at);
  }

  /** For a server that takes fewer URLs in one request. */
  limitTo(batchSize: number): void {
    this.batchSize = Math.min(this.batchSize, batchSize);
  }

  putBack(batch: Batch): void {
    if (batch.length > 0) this.returned.push(batch);
  }

  /** Of a batch with a culprit in it, one half goes free; again and again, until the culprit is alone. */
  putBackHalved(batch: Batch): void {
    const middle = Math.ceil(batch.length / 2);
    this.putBack(batch.slice(0, middle));
    this.putBack(batch.slice(middle));
  }

  private takeReturned(): Batch | undefined {
    const batch = this.returned.shift();
    if (batch === undefined || batch.length <= this.batchSize) return batch;
    this.returned.unshift(batch.slice(this.batchSize));
    return batch.slice(0, this.batchSize);
  }
}
