function tags(names: string): ReadonlySet<string> {
  return new Set(names.split(' '));
}

export const voidTags = tags('area base br col embed hr img input link meta param source track wbr');

/** Their content is text whatever it looks like. */
export const rawTextTags = tags('script style xmp iframe noembed noframes plaintext');

/** May stand in a head; anything else begins the body. */
export const headTags = tags('base link meta noscript script style template title');

/** Elements that stand on lines of their own; opening one ends an open paragraph. */
export const blockTags = tags(
  'address article aside blockquote center dd details dialog dir div dl dt fieldset figcaption figure footer form ' +
    'h1 h2 h3 h4 h5 h6 header hgroup hr li main menu nav ol p pre search section summary table ul ' +
    'caption tbody td tfoot th thead tr',
);

export const headingTags = tags('h1 h2 h3 h4 h5 h6');

/** Opened here and ended elsewhere so often that the standard lets their end tag reach through blocks. */
export const formattingTags = tags('a b big code em font i nobr s small strike strong tt u');
