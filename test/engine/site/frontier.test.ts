import assert from 'node:assert/strict';
import { Frontier, type PlannedPage } from '../../../src/engine/site/frontier';

describe('the pages to be crawled', () => {
  const planned = (index: number, cost: number): PlannedPage => ({
    ...{ index, cost, url: `https://example.org/${index}`, key: `${index}`, foundOn: 'https://example.org/' },
    ...{ depth: 1, isSeed: false, dateSteps: 0 },
  });

  function frontierOf(costs: readonly number[]): Frontier {
    const frontier = new Frontier();
    for (const [index, cost] of costs.entries()) frontier.add(planned(index, cost));
    return frontier;
  }

  function rest(frontier: Frontier): number[] {
    const indexes: number[] = [];
    for (let page = frontier.take(); page; page = frontier.take()) indexes.push(page.index);
    assert.equal(frontier.size, 0);
    return indexes;
  }

  it('come by their cost, and of equals the one found first', () => {
    const costs = Array.from({ length: 500 }, (_, at) => ((at * 7919) % 13) / 4 - 1);
    const expected = [...costs.keys()].sort((one, other) => costs[one]! - costs[other]! || one - other);
    assert.deepEqual(rest(frontierOf(costs)), expected);
  });

  it('may be hastened, or left from the end', () => {
    const frontier = frontierOf([2, 1, 3, 1, 3]);
    frontier.hasten(2);
    frontier.hasten(9);
    assert.equal(frontier.takeLast()?.index, 4);
    assert.equal(frontier.size, 4);
    assert.deepEqual(rest(frontier), [2, 1, 3, 0]);
    assert.equal(frontier.takeLast(), undefined);
  });

  it('are whole however many wait', () => {
    const frontier = frontierOf(Array.from({ length: 6_000 }, () => 3));
    for (const index of [5_999, 2_500, 100, 3_200]) frontier.hasten(index);
    assert.deepEqual(
      [frontier.take(), frontier.take()].map((page) => page?.index),
      [5_999, 2_500],
    );
    const last = Array.from({ length: 4_000 }, () => frontier.takeLast()?.index);
    assert.deepEqual(last.slice(0, 2), [5_998, 5_997]);
    assert.equal(last.at(-1), 1_997);
    for (let index = 6_000; index < 9_000; index += 1) frontier.add(planned(index, 3));
    assert.equal(frontier.size, 1_998 + 3_000);
    const all = Array.from({ length: 9_000 }, (_, index) => index);
    const left = all.filter((index) => (index < 1_997 || index >= 6_000) && index !== 100);
    assert.deepEqual(rest(frontier), [100, 3_200, ...left]);
  });

  it('wait as they were found', () => {
    const frontier = frontierOf(Array.from({ length: 3_000 }, () => -Infinity));
    for (let index = 0; index < 3_000; index += 1)
      assert.deepEqual(frontier.take(), planned(index, -Infinity));
  });
});
