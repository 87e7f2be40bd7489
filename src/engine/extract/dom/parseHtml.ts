import { Tokenizer } from 'htmlparser2';
import { SlimDocument } from './slimDocument';
import type { SlimElement } from './slimElement';
import { TreeBuilder } from './treeBuilder';

/**
 * Parses a whole page. Never throws on bad markup; depth, elements and attributes are capped while
 * parsing (see `TreeBuilder`), so that what comes after works on a tree of bounded size.
 */
export function parseHtml(html: string, url: string): SlimDocument {
  const document = new SlimDocument(url);
  const tokenizer = new Tokenizer({ decodeEntities: false }, new TreeBuilder(html, document));
  tokenizer.write(html);
  tokenizer.end();
  for (const template of document.getElementsByTagName('template')) replaceTemplate(template);
  const base = document.getElementsByTagName('base').find((element) => element.hasAttribute('href'));
  const href = base?.getAttribute('href');
  if (href && URL.canParse(href, url)) document.baseURI = new URL(href, url).href;
  return document;
}

/** A template is shown only when it declares a shadow root: then its content stands where the root's host does. */
function replaceTemplate(template: SlimElement): void {
  const parent = template.parentNode;
  if (parent && template.hasAttribute('shadowrootmode')) {
    for (const child of template.childNodes) parent.insertBefore(child, template);
  }
  template.remove();
}
