import { STATUS_CODES } from 'node:http';

/** Why an HTTP request is not served, with the answer that says so in one of RipTide's error bodies (protocol 5.5). */
export class HttpRefusal extends Error {
  override readonly name = 'HttpRefusal';
  readonly status: number;
  readonly headers: Record<string, string>;
  readonly body: string;

  private constructor(status: number, message: string, headers: Record<string, string>, body: string) {
    super(message);
    this.status = status;
    this.headers = { ...headers, 'Content-Length': String(Buffer.byteLength(body)) };
    this.body = body;
  }

  /** Plain text, as RipTide's framework refuses what never reached its own code. */
  static text(status: number, message: string): HttpRefusal {
    return new HttpRefusal(status, message, { 'Content-Type': 'text/plain; charset=utf-8' }, message);
  }

  /** `{ error: { type, message, retryable, status } }`; none of ours succeeds when it is merely sent again. */
  static envelope(status: number, type: string, message: string): HttpRefusal {
    return HttpRefusal.json(status, message, { error: { type, message, retryable: false, status } });
  }

  /** `{ error, message }`, two flat strings: RipTide's 401 (protocol 5.1). */
  static flat(status: number, message: string): HttpRefusal {
    const challenge: Record<string, string> = status === 401 ? { 'WWW-Authenticate': 'Bearer' } : {};
    return HttpRefusal.json(status, message, { error: STATUS_CODES[status], message }, challenge);
  }

  /** 405 with its `Allow`; the envelope has `allowed_methods` besides (protocol 5.6). */
  static method(method: string, allowed: readonly string[]): HttpRefusal {
    const message = `${method.slice(0, 20)} is not served here: send ${allowed.join(' or ')}`;
    const error = { type: 'method_not_allowed', message, retryable: false, status: 405 };
    return HttpRefusal.json(
      405,
      message,
      { error: { ...error, allowed_methods: allowed } },
      { Allow: allowed.join(', ') },
    );
  }

  private static json(
    status: number,
    message: string,
    body: object,
    headers: Record<string, string> = {},
  ): HttpRefusal {
    return new HttpRefusal(
      status,
      message,
      { 'Content-Type': 'application/json', ...headers },
      JSON.stringify(body),
    );
  }
}
