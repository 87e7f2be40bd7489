import { costOf, type Span } from './tokens';

export interface Packing {
  size: number;
  /** How much of one group's end the next begins with. */
  overlap: number;
  minSize: number;
}

/** Groups spans in order into runs of at most `size`; only the last may be smaller than `minSize`, and is then joined. */
export function packSpans(spans: readonly Span[], { size, overlap, minSize }: Packing): Span[][] {
  const groups: Span[][] = [];
  let group: Span[] = [];
  let cost = 0;
  /** Of the group's spans, how many the one before has as well. */
  let shared = 0;
  for (const span of spans) {
    if (cost + span.cost > size && group.length > shared) {
      groups.push(group);
      group = tailOf(group, Math.min(overlap, size - span.cost));
      shared = group.length;
      cost = costOf(group);
    }
    group.push(span);
    cost += span.cost;
  }
  const last = groups.at(-1);
  const fresh = group.slice(shared);
  if (last && costOf(fresh) < minSize) last.push(...fresh);
  else if (fresh.length > 0) groups.push(group);
  return groups;
}

function tailOf(group: readonly Span[], mostCost: number): Span[] {
  let first = group.length;
  let cost = 0;
  // Never the whole group: the next has to begin further on.
  while (first > 1) {
    cost += group[first - 1]?.cost ?? 0;
    if (cost > mostCost) break;
    first -= 1;
  }
  return group.slice(first);
}
