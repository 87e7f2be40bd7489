/** The engine reads no more of a page. */
const maxLength = 5_000_000;

/** What is run in a rendered page. */
export const pageScripts = {
  scroll: 'window.scrollBy(0, window.innerHeight)',

  /** Whether a CSS selector finds something; one that is none finds nothing. */
  has: (selector: string): string =>
    `(() => { try { return document.querySelector(${JSON.stringify(selector)}) !== null } catch { return false } })()`,

  /** The page as it stands, with its open shadow roots written out as templates. */
  html: `(() => {
    const roots = [];
    const collect = (parent) => {
      for (const element of parent.querySelectorAll('*')) {
        if (!element.shadowRoot) continue;
        roots.push(element.shadowRoot);
        collect(element.shadowRoot);
      }
    };
    collect(document);
    const page = document.documentElement;
    if (roots.length === 0 || !page.getHTML) return page.outerHTML.slice(0, ${maxLength});
    const start = page.cloneNode(false).outerHTML.replace(/<\\/html>$/, '');
    return (start + page.getHTML({ shadowRoots: roots })).slice(0, ${maxLength});
  })()`,
};
