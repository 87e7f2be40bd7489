import type { IncomingHttpHeaders } from 'node:http';
import type { Validators } from '../../protocol/messages';

const maxLength = 1_000;

/** What an answer calls its state by; `null` when it says nothing that could be sent back. */
export function validatorsOf({
  etag,
  'last-modified': lastModified,
}: IncomingHttpHeaders): Validators | null {
  const validators: Validators = {
    ...(isSendable(etag) && { etag }),
    ...(isSendable(lastModified) && { last_modified: lastModified }),
  };
  return Object.keys(validators).length > 0 ? validators : null;
}

/** The headers of a request for the page only if it has changed (RFC 9110, 13.1). */
export function conditionalHeaders({
  etag,
  last_modified: lastModified,
}: Validators): Record<string, string> {
  return {
    ...(isSendable(etag) && { 'If-None-Match': etag }),
    ...(isSendable(lastModified) && { 'If-Modified-Since': lastModified }),
  };
}

function isSendable(value: string | undefined): value is string {
  return (
    value !== undefined &&
    value.length <= maxLength &&
    /^[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?$/.test(value)
  );
}
