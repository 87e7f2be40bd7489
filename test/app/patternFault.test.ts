import assert from 'node:assert/strict';
import { findPatternFault } from '../../src/app/patternFault';
import { PatternError, readPattern } from '../../src/engine/site/urlPattern';

describe('the patterns of a site crawl', () => {
  for (const pattern of [
    'https://example.org/docs/**',
    '**/*.{html,htm}',
    '**/[a-z]{1,2}/\\{',
    '}**',
    're:/docs/(?:a|b)+$',
    're:[(?=]',
    're:\\(\\?=x',
    're:(?i)/Docs/',
    're:(?P<year>\\d+)',
    're:\\pL+',
    're:\\\\d',
  ]) {
    it(`may be ${pattern}`, () => {
      assert.equal(findPatternFault([pattern]), null);
      assert.doesNotThrow(() => readPattern(pattern));
    });
  }

  for (const [pattern, kind, at] of [
    ['**/{a,b/*', 'open-brace', 4],
    ['{a,{b,c}', 'open-brace', 1],
    ['re:/docs/(?=a)', 'look-around', 10],
    ['re:(?<!a)b', 'look-around', 4],
    ['re:(a)\\1', 'back-reference', 7],
    ['re:/docs/(a', 'no-expression', undefined],
    ['re:[b-a]', 'no-expression', undefined],
    ['re:a**', 'no-expression', undefined],
    [`${'a'.repeat(1_000)}*`, 'too-long', undefined],
  ] as const) {
    it(`may not be ${pattern.slice(0, 40)}, by the engine neither`, () => {
      const fault = findPatternFault(['fine/**', pattern]);
      assert.equal(fault?.kind, kind);
      assert.equal(fault.pattern, pattern);
      if (at !== undefined) assert.equal('at' in fault && fault.at, at);
      assert.throws(() => readPattern(pattern), PatternError);
    });
  }

  it('say what is wrong with an expression', () => {
    const fault = findPatternFault(['re:/docs/(a']);
    assert.ok(fault?.kind === 'no-expression');
    assert.equal(fault.message, 'Unterminated group');
  });
});
