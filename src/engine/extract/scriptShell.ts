import type { SlimDocument } from './dom/slimDocument';
import type { SlimElement } from './dom/slimElement';
import { isElement, isText } from './dom/nodeTypes';
import { nextNode, nextSkippingChildren } from './dom/walk';
import { visibleLength } from './dom/textMeasures';

/** A page with more words than this has something to read, whatever its scripts would add. */
const mostWords = 50;
/** The same where the only sign is a wish for scripts, which whole pages express as well. */
const mostWordsBesideWish = 25;
/** A mount may say that it is loading. */
const mostMountCharacters = 60;

const mountIds = new Set(
  'root app __next __nuxt ___gatsby __layout main-app app-root react-root react-app reactroot svelte q-app ember-app application app-container app-mount spa'.split(
    ' ',
  ),
);
const mountTags = new Set(['app-root', 'ion-app', 'my-app', 'shop-app']);
const mountAttributes = ['ng-app', 'data-ng-app', 'data-reactroot', 'data-v-app', 'data-server-rendered'];

/** Most languages name JavaScript by this word. */
const scriptWord = /java\s?script|жаваскрипт|джаваскрипт|脚本|자바스크립트|جافا/i;
const wish =
  /(?:enable|turn on|activate|allow|requires?|needs?|without|support).{0,60}javascript|javascript.{0,60}(?:enable|turn(?:ed)? on|activ|requir|disabled|is off|need|support)/i;

const unshown = new Set(['script', 'style', 'noscript', 'template', 'title', 'svg']);
const pictures = new Set(['img', 'picture', 'video', 'audio', 'object', 'embed', 'canvas']);

/** Whether a page with so few words in it waits for scripts to fill it; `parse` gives a whole tree of it. */
export function isScriptShell(wordCount: number, parse: () => SlimDocument): boolean {
  if (wordCount > mostWords) return false;
  const document = parse();
  if (document.scriptCount === 0) return false;
  if (document.body.find(isEmptyMount)) return true;
  if (wordCount > mostWordsBesideWish) return false;
  if (wordCount === 0 && !document.body.find(({ localName }) => pictures.has(localName))) return true;
  return wishesForScripts(document);
}

function isEmptyMount(element: SlimElement): boolean {
  const isMount =
    mountIds.has(element.id.toLowerCase()) ||
    mountTags.has(element.localName) ||
    mountAttributes.some((name) => element.hasAttribute(name));
  return isMount && visibleLength(shownText(element)) <= mostMountCharacters;
}

function wishesForScripts(document: SlimDocument): boolean {
  const notes = document.getElementsByTagName('noscript');
  if (notes.some((note) => scriptWord.test(note.textContent))) return true;
  return wish.test(shownText(document.body).replace(/\s+/g, ' '));
}

function shownText(root: SlimElement): string {
  let text = '';
  let node = nextNode(root, root);
  while (node) {
    if (isText(node)) text += node.data;
    node =
      isElement(node) && unshown.has(node.localName)
        ? nextSkippingChildren(node, root)
        : nextNode(node, root);
  }
  return text;
}
