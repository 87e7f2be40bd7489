export type ProtocolFault =
  /** The bytes are not JSON, or not a JSON object with a tag. */
  | 'not-a-message'
  /** A field is missing or has the wrong type. */
  | 'bad-field'
  /** A tag this protocol does not know. */
  | 'unknown-type';

/** A message that breaks the protocol; `field` is the path of the offending field, such as `data.progress.total`. */
export class ProtocolError extends Error {
  override readonly name = 'ProtocolError';
  readonly reason: ProtocolFault;
  readonly field: string;

  constructor(reason: ProtocolFault, field: string, message: string) {
    super(message);
    this.reason = reason;
    this.field = field;
  }
}
