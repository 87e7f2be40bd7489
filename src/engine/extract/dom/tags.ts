import { internalized } from '../internalized';
/** What is known of an element by its name. */
export interface Tag {
  /** Lower case; one object for each name, so that names are told apart by their pointers. */
  readonly name: string;
  readonly isVoid: boolean;
  /** Its content is text whatever it looks like. */
  readonly isRawText: boolean;
  /** May stand in a head; anything else begins the body. */
  readonly isHead: boolean;
  /** Stands on lines of its own; opening one ends an open paragraph. */
  readonly isBlock: boolean;
  readonly isHeading: boolean;
  /** Opened here and ended elsewhere so often that the standard lets its end tag reach through blocks. */
  readonly isFormatting: boolean;
}

export function tagSet(names: string): ReadonlySet<string> {
  return new Set(names.split(' '));
}

const voidTags = tagSet('area base br col embed hr img input link meta param source track wbr');
const rawTextTags = tagSet('script style xmp iframe noembed noframes plaintext');
const headTags = tagSet('base link meta noscript script style template title');
const formattingTags = tagSet('a b big code em font i nobr s small strike strong tt u');

export const blockTags = tagSet(
  'address article aside blockquote center dd details dialog dir div dl dt fieldset figcaption figure footer form ' +
    'h1 h2 h3 h4 h5 h6 header hgroup hr li main menu nav ol p pre search section summary table ul ' +
    'caption tbody td tfoot th thead tr',
);

export const headingTags = tagSet('h1 h2 h3 h4 h5 h6');

/** Pages use few names many times, but for those that are made to use many. */
const maxKnown = 2000;
const known = new Map<string, Tag>();

/** @param spelled in any case. */
export function tagOf(spelled: string): Tag {
  const before = known.get(spelled);
  if (before !== undefined) return before;
  const name = internalized(spelled.toLowerCase());
  const tag = {
    name,
    isVoid: voidTags.has(name),
    isRawText: rawTextTags.has(name),
    isHead: headTags.has(name),
    isBlock: blockTags.has(name),
    isHeading: headingTags.has(name),
    isFormatting: formattingTags.has(name),
  };
  if (known.size < maxKnown) known.set(internalized(spelled), tag);
  return tag;
}

const attributeNames = new Map<string, string>();

/** The name of an attribute in lower case, the same object each time. */
export function attributeName(spelled: string): string {
  const before = attributeNames.get(spelled);
  if (before !== undefined) return before;
  const name = internalized(spelled.toLowerCase());
  if (attributeNames.size < maxKnown) attributeNames.set(internalized(spelled), name);
  return name;
}
