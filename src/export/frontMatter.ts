type Scalar = string | number | boolean | null;

/** YAML front matter; what is null is left out. */
export function frontMatter(facts: Readonly<Record<string, Scalar>>): string {
  const lines = Object.entries(facts)
    .filter(([, value]) => value !== null)
    .map(([key, value]) => `${key}: ${yamlScalar(value)}\n`);
  return `---\n${lines.join('')}---\n`;
}

/**
 * A JSON string is a double-quoted YAML scalar of one line, so no text can end it or be taken for a date or a `no`,
 * once the characters are escaped that YAML counts as line ends or as not printable.
 */
function yamlScalar(value: Scalar): string {
  if (typeof value !== 'string') return String(value);
  const wellFormed = value.replace(/\p{Surrogate}/gu, '\ufffd');
  return JSON.stringify(wellFormed).replace(/[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]/g, escapeCharacter);
}

function escapeCharacter(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
