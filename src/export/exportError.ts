export type ExportFault =
  | 'cancelled'
  /** The folder for the Markdown files holds something already. */
  | 'not-empty'
  /** No space left on the disk, or in the user's quota. */
  | 'no-space'
  /** The place may not be written to. */
  | 'no-permission'
  | 'failed';

/** Why an export was not made; nothing half-written is left behind. */
export class ExportError extends Error {
  override readonly name = 'ExportError';
  readonly reason: ExportFault;

  constructor(reason: ExportFault, message: string, options?: ErrorOptions) {
    super(message, options);
    this.reason = reason;
  }
}

/** Names what went wrong while writing to `path`. */
export function toExportError(error: unknown, path: string): ExportError {
  if (error instanceof ExportError) return error;
  const options = { cause: error };
  const message = error instanceof Error ? error.message : String(error);
  switch ((error as NodeJS.ErrnoException | null)?.code) {
    case 'ENOSPC':
    case 'EDQUOT':
      return new ExportError('no-space', `No space left on the disk for ${path}`, options);
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return new ExportError(
        'no-permission',
        `${path} cannot be written: it is protected, or open in another program`,
        options,
      );
    default:
      return new ExportError('failed', `${path} could not be exported: ${message}`, options);
  }
}
