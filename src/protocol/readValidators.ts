import type { Fields } from './fields';
import type { Validators } from './messages';

export function readValidators(validators: Fields): Validators {
  return {
    ...(!validators.isAbsent('etag') && { etag: validators.string('etag') }),
    ...(!validators.isAbsent('last_modified') && { last_modified: validators.string('last_modified') }),
  };
}
