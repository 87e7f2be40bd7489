import type { Heading } from '../../protocol/messages';
import type { SlimElement } from './dom/slimElement';
import { headingTags } from './dom/tags';

const maxHeadings = 500;
const maxLength = 300;

/** The headings of an article, in the order they stand. */
export function readOutline(root: SlimElement): Heading[] {
  const headings: Heading[] = [];
  for (const element of root.getElementsByTagNames(headingTags)) {
    const text = element.textContent
      .slice(0, 4 * maxLength)
      .replace(/\s+/g, ' ')
      .trim();
    if (!text) continue;
    headings.push({
      level: Number(element.localName.slice(1)),
      text: text.slice(0, maxLength),
      id: fragmentOf(element),
    });
    if (headings.length >= maxHeadings) break;
  }
  return headings;
}

/** Generators put the id on the heading, on an anchor in it, or on the section that it opens. */
function fragmentOf(heading: SlimElement): string | null {
  if (heading.id) return heading.id;
  const anchor = heading.find(({ localName, id }) => localName === 'a' || id !== '');
  const href = anchor?.getAttribute('href');
  const named = anchor?.id ?? '';
  const id =
    named !== '' ? named : (anchor?.getAttribute('name') ?? (href?.startsWith('#') ? href.slice(1) : ''));
  if (id) return id;
  const section = heading.parentElement;
  const isFirst = section?.firstElementChild === heading;
  return isFirst && section.id ? section.id : null;
}
