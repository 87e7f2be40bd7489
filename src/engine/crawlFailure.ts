/**
 * Each reason why one URL gives no page, with whether the same request may succeed later; where that depends, the
 * failure itself says so. `docs/engine.md` has them in words for people.
 */
export const retryability = {
  dns: 'depends',
  refused: 'yes',
  reset: 'yes',
  tls: 'no',
  proxy: 'no',
  timeout: 'yes',
  'too-many-redirects': 'no',
  'bad-redirect': 'no',
  'bad-response': 'no',
  'too-large': 'no',
  'not-html': 'no',
  robots: 'depends',
  'blocked-address': 'no',
  'needs-javascript': 'no',
  'rendering-failed': 'depends',
  'extraction-timeout': 'no',
  'extraction-failed': 'no',
  cancelled: 'yes',
} as const satisfies Record<string, 'yes' | 'no' | 'depends'>;

/** `http-404` and its like carry the target's status. */
export type FailureReason = keyof typeof retryability | `http-${number}`;

export interface FailureDetails {
  /** Where the reason alone does not tell; default: no. */
  isRetryable?: boolean;
  /** HTTP status of the target; 0, the default, when it never answered. */
  status?: number;
  cause?: unknown;
}

export class CrawlFailure extends Error {
  override readonly name = 'CrawlFailure';
  readonly reason: FailureReason;
  /** Whether the same request may succeed later. */
  readonly isRetryable: boolean;
  /** HTTP status of the target; 0 when it never answered. */
  readonly status: number;

  constructor(reason: FailureReason, message: string, details: FailureDetails = {}) {
    super(message, { cause: details.cause });
    this.reason = reason;
    this.isRetryable = canRetry(reason, details.isRetryable ?? false);
    this.status = details.status ?? 0;
  }
}

function canRetry(reason: FailureReason, isThisOne: boolean): boolean {
  const known = reason in retryability ? retryability[reason as keyof typeof retryability] : 'depends';
  return known === 'depends' ? isThisOne : known === 'yes';
}
