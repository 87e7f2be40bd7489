import { internalized } from './internalized';

/** Pages repeat the names that they give to elements. */
const maxRemembered = 5000;
/** Longer ones are seldom met again. */
const maxNameLength = 500;

/** What `judge` makes of a name, asked once for each of the last names. */
export function remembered<Value>(judge: (name: string) => Value): (name: string) => Value {
  const known = new Map<string, Value>();
  return (name) => {
    const before = known.get(name);
    if (before !== undefined) return before;
    const value = judge(name);
    if (name.length > maxNameLength) return value;
    if (known.size >= maxRemembered) known.clear();
    known.set(internalized(name), value);
    return value;
  };
}
