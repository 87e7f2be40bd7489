import { tagSet } from '../dom/tags';

/** What keeps a `div` from being a paragraph itself. */
export const partTags = tagSet('blockquote dl div img ol p pre table ul');
