/** As far as it hides an element; empty where nothing is said. */
export interface InlineStyle {
  display: string;
  visibility: string;
}

const unstyled: InlineStyle = { display: '', visibility: '' };
const displayPattern = /(?:^|;)\s*display\s*:\s*([\w-]+)/i;
const visibilityPattern = /(?:^|;)\s*visibility\s*:\s*([\w-]+)/i;

/** Reads a `style` attribute. */
export function inlineStyle(style: string | null): InlineStyle {
  if (!style) return unstyled;
  return {
    display: displayPattern.exec(style)?.[1]?.toLowerCase() ?? '',
    visibility: visibilityPattern.exec(style)?.[1]?.toLowerCase() ?? '',
  };
}
