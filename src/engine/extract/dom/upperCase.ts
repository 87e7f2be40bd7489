const upperCaseNames = new Map<string, string>();
const maxUpperCaseNames = 1000;

/** Upper case of a tag name; pages use few names many times. */
export function upperCase(name: string): string {
  const known = upperCaseNames.get(name);
  if (known !== undefined) return known;
  const upper = name.toUpperCase();
  if (upperCaseNames.size < maxUpperCaseNames) upperCaseNames.set(name, upper);
  return upper;
}
