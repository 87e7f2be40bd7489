type Entity = Record<string, unknown>;

const maxCharacters = 32_000;
const maxDepth = 8;
const maxStringLength = 2_000;

/**
 * The objects among `values` (and in lists among them), each copied whole or cut: deep and long parts are left out,
 * so that what a page declares can neither be nested without end nor outweigh its text.
 */
export function boundedJson(values: readonly unknown[]): Entity[] {
  const budget = { left: maxCharacters };
  return values
    .flatMap((value) => (Array.isArray(value) ? (value as unknown[]) : [value]))
    .map((value) => (isEntity(value) ? copy(value, 0, budget) : undefined))
    .filter(isEntity)
    .filter((entity) => Object.keys(entity).length > 0);
}

function copy(value: unknown, depth: number, budget: { left: number }): unknown {
  if (typeof value === 'string') {
    const text = value.slice(0, maxStringLength);
    return spend(text.length, budget) ? text : undefined;
  }
  if (typeof value !== 'object' || value === null) return spend(5, budget) ? value : undefined;
  if (depth >= maxDepth) return undefined;
  if (Array.isArray(value)) {
    const items: unknown[] = [];
    for (const item of value as unknown[]) {
      const copied = copy(item, depth + 1, budget);
      if (copied !== undefined) items.push(copied);
      if (budget.left <= 0) break;
    }
    return items;
  }
  const fields: [string, unknown][] = [];
  for (const [name, field] of Object.entries(value)) {
    if (!spend(name.length + 4, budget)) break;
    const copied = copy(field, depth + 1, budget);
    if (copied !== undefined) fields.push([name, copied]);
  }
  return Object.fromEntries(fields);
}

function spend(characters: number, budget: { left: number }): boolean {
  budget.left -= characters;
  return budget.left > 0;
}

function isEntity(value: unknown): value is Entity {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
