/** Why one URL gave no page; `http-404` and its like carry the target's status. */
export type FailureReason =
  | 'dns'
  | 'refused'
  | 'reset'
  | 'tls'
  | 'proxy'
  | 'timeout'
  | 'too-many-redirects'
  | 'bad-redirect'
  | 'bad-response'
  | 'robots'
  | 'blocked-address'
  | 'not-html'
  | 'needs-javascript'
  | 'rendering-failed'
  | 'extraction-timeout'
  | 'extraction-failed'
  | 'cancelled'
  | `http-${number}`;

export class CrawlFailure extends Error {
  override readonly name = 'CrawlFailure';
  readonly reason: FailureReason;
  /** Whether the same request may succeed later. */
  readonly isRetryable: boolean;
  /** HTTP status of the target; 0 when it never answered. */
  readonly status: number;

  constructor(
    reason: FailureReason,
    message: string,
    details: { isRetryable: boolean; status?: number; cause?: unknown },
  ) {
    super(message, { cause: details.cause });
    this.reason = reason;
    this.isRetryable = details.isRetryable;
    this.status = details.status ?? 0;
  }
}
