/** Where there are no characters that a page shows; that of each ASCII character lies as far into it. */
const planeStart = 0xf0000;
const plane = /[\u{F0000}-\u{F007F}]/gu;
/** With what each of them begins in UTF-16. */
const planeSurrogate = '\uDB80';

/** Gives `text` characters that a conversion to Markdown neither escapes nor takes for markup. */
export function shield(text: string): string {
  return text.replace(/[\t\n !-/:-@[-`{-~]/g, (character) =>
    String.fromCodePoint(planeStart + character.charCodeAt(0)),
  );
}

/** Gives what {@link shield} has hidden its characters back. */
export function unshield(markdown: string): string {
  if (!markdown.includes(planeSurrogate)) return markdown;
  return markdown.replace(plane, (character) =>
    String.fromCharCode((character.codePointAt(0) ?? 0) - planeStart),
  );
}
