import assert from 'node:assert/strict';
import { readCommandLine, usage } from '../../src/engine/commandLine';
import { defaultFetchSettings } from '../../src/engine/fetchSettings';

describe('the command line of riptide-engine', () => {
  it('needs nothing, and then serves this machine by the default settings', () => {
    assert.deepEqual(readCommandLine([]), {
      kind: 'serve',
      host: '127.0.0.1',
      port: 3000,
      strict: new Set(),
      settings: defaultFetchSettings,
    });
  });

  it('says where to listen, and who renders pages', () => {
    const line = readCommandLine([
      '--host',
      '::1',
      '--port',
      '0',
      '--render',
      'when-needed',
      '--browser',
      '/opt/chrome',
    ]);
    assert.ok(line.kind === 'serve');
    assert.deepEqual([line.host, line.port], ['::1', 0]);
    const { renderPages, browserPath, ...others } = line.settings;
    assert.deepEqual([renderPages, browserPath], ['when-needed', '/opt/chrome']);
    assert.deepEqual({ ...defaultFetchSettings, ...others }, defaultFetchSettings);
  });

  const wrong: [string[], RegExp][] = [
    [['--port', '65536'], /--port must be a number from 0 to 65535, but is "65536"/],
    [['--render', 'maybe'], /--render must be never or when-needed or always, but is "maybe"/],
    [['--strict-riptide', 'flood'], /no fault "flood"/],
    [['--sideways'], /--sideways/],
  ];
  for (const [args, message] of wrong) {
    it(`explains what is wrong with ${args.join(' ')}`, () => {
      const line = readCommandLine(args);
      assert.ok(line.kind === 'wrong');
      assert.match(line.message, message);
    });
  }

  it('explains every option in its help', () => {
    assert.deepEqual(readCommandLine(['-h']), { kind: 'help' });
    assert.deepEqual(readCommandLine(['--version']), { kind: 'version' });
    const shown = [...usage.matchAll(/^ +(--[a-z-]+)/gm)].map(([, name]) => name);
    const options = ['--port', '--host', '--render', '--browser', '--strict-riptide', '--version', '--help'];
    assert.deepEqual(shown, options);
    assert.ok(usage.split('\n').every((line) => line.length <= 120));
  });
});
