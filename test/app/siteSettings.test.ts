import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { readSiteOptions } from '../../src/app/siteSettings';

function read(values: Record<string, unknown>): ReturnType<typeof readSiteOptions> {
  return readSiteOptions((name) => values[name]);
}

describe('the settings of site crawls', () => {
  it('have the defaults that package.json names', () => {
    const manifest = JSON.parse(readFileSync(resolve(__dirname, '../../package.json'), 'utf8')) as {
      contributes: { configuration: { properties: Record<string, { default?: unknown }> } };
    };
    const { properties } = manifest.contributes.configuration;
    assert.deepEqual(
      readSiteOptions((name) => properties[`riptide.${name}`]?.default),
      read({}),
    );
  });

  it('keep to their ranges, whatever a settings file holds', () => {
    const { max_depth, max_pages, max_duration_ms } = read({
      'site.maxDepth': -1,
      'site.maxPages': 1e9,
      'site.maxMinutes': 'long',
    });
    assert.deepEqual([max_depth, max_pages, max_duration_ms], [0, 100_000, 30 * 60_000]);
    const odd = read({ 'site.scope': 'list', 'site.include': ['a*', 7, ' '], 'site.exclude': 'x' });
    assert.deepEqual([odd.scope, odd.include, odd.exclude], ['host', ['a*'], []]);
  });
});
