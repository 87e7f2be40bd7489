import { ProtocolError } from './protocolError';

type Json = Record<string, unknown>;
type Scalar = 'string' | 'boolean' | 'number' | 'count';

/** Reads the fields of one JSON object by type; a wrong one throws a {@link ProtocolError} that names its path. */
export class Fields {
  private readonly json: Json;
  private readonly path: string;

  constructor(value: unknown, path: string) {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      throw wrongType(path, 'an object', value);
    }
    this.json = value as Json;
    this.path = path;
  }

  string(key: string): string {
    const value = this.json[key];
    if (typeof value !== 'string') throw this.wrong(key, 'a string');
    return value;
  }

  boolean(key: string): boolean {
    const value = this.json[key];
    if (typeof value !== 'boolean') throw this.wrong(key, 'true or false');
    return value;
  }

  number(key: string): number {
    const value = this.json[key];
    // JSON spells 1e999 as a number; JavaScript reads it as Infinity.
    if (typeof value !== 'number' || !Number.isFinite(value)) throw this.wrong(key, 'a finite number');
    return value;
  }

  /** A whole number from 0 on that JavaScript holds exactly. */
  count(key: string): number {
    const value = this.json[key];
    if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < 0) {
      throw this.wrong(key, 'a whole number from 0 on');
    }
    return value;
  }

  strings(key: string): string[] {
    const value = this.list(key, 'a list of strings');
    const at = value.findIndex((item) => typeof item !== 'string');
    if (at >= 0) throw wrongType(`${this.path}.${key}[${at}]`, 'a string', value[at]);
    return value as string[];
  }

  object(key: string): Fields {
    return new Fields(this.json[key], `${this.path}.${key}`);
  }

  objects(key: string): Fields[] {
    return this.list(key, 'a list of objects').map(
      (item, at) => new Fields(item, `${this.path}.${key}[${at}]`),
    );
  }

  nullableObjects(key: string): (Fields | null)[] {
    return this.list(key, 'a list of objects').map((item, at) =>
      item === null ? null : new Fields(item, `${this.path}.${key}[${at}]`),
    );
  }

  /** Names with texts. */
  texts(key: string): Record<string, string> {
    const fields = this.object(key);
    for (const name of Object.keys(fields.json)) fields.string(name);
    return fields.json as Record<string, string>;
  }

  /** Names with lists of texts. */
  textLists(key: string): Record<string, string[]> {
    const fields = this.object(key);
    for (const name of Object.keys(fields.json)) fields.strings(name);
    return fields.json as Record<string, string[]>;
  }

  /** Objects of any content, as they are. */
  records(key: string): Record<string, unknown>[] {
    return this.objects(key).map(({ json }) => json);
  }

  /** Whole numbers from 0 on. */
  counts(key: string): number[] {
    const value = this.list(key, 'a list of whole numbers');
    const at = value.findIndex((item) => !Number.isSafeInteger(item) || (item as number) < 0);
    if (at >= 0) throw wrongType(`${this.path}.${key}[${at}]`, 'a whole number from 0 on', value[at]);
    return value as number[];
  }

  oneOf<Value extends string>(key: string, values: readonly Value[]): Value {
    const value = values.find((candidate) => candidate === this.json[key]);
    if (value === undefined) throw this.wrong(key, `one of ${values.join(', ')}`);
    return value;
  }

  /** `null` and a missing key both read as `null`. */
  nullable<Kind extends Scalar | 'object'>(key: string, kind: Kind): ReturnType<Fields[Kind]> | null {
    if (this.isAbsent(key) || this.json[key] === null) return null;
    return this[kind](key) as ReturnType<Fields[Kind]>;
  }

  isAbsent(key: string): boolean {
    return this.json[key] === undefined;
  }

  isText(key: string): boolean {
    return typeof this.json[key] === 'string';
  }

  private list(key: string, wanted: string): unknown[] {
    const value = this.json[key];
    if (!Array.isArray(value)) throw this.wrong(key, wanted);
    return value as unknown[];
  }

  private wrong(key: string, wanted: string): ProtocolError {
    return wrongType(`${this.path}.${key}`, wanted, this.json[key]);
  }
}

function wrongType(path: string, wanted: string, value: unknown): ProtocolError {
  const field = path.replace(/^\./, '') || 'the message';
  return new ProtocolError('bad-field', field, `${field} must be ${wanted}, but is ${describe(value)}`);
}

function describe(value: unknown): string {
  switch (typeof value) {
    case 'undefined':
      return 'missing';
    case 'string':
      return JSON.stringify(value.length > 40 ? `${value.slice(0, 40)}…` : value);
    case 'object':
      // Never printed: a hostile value may be large, or nested deeper than JSON.stringify can go.
      return value === null ? 'null' : Array.isArray(value) ? 'a list' : 'an object';
    default:
      return String(value);
  }
}
