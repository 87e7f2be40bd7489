import type { PanelRequest, PanelStrings } from '../panel/panelMessages';
import type { CrawlRecord } from '../store/records';
import { element, setAttributes, setText, setTitle } from './element';
import { elapsedMs, fillIn, formatElapsed, settledCount, type Formats } from './format';
import { Icon, type IconName } from './icons';

const PROGRESS_PARTS = ['succeeded', 'failed', 'skipped'] as const;

type Command = Exclude<PanelRequest['kind'], 'ready' | 'rows' | 'open'>;

/** What the crawl is, how far it is, and what can be done with it. */
export class HeaderView {
  private readonly icon = new Icon();
  private readonly title = element('h1', 'title');
  private readonly state = element('span', 'state');
  private readonly tally = element('span', 'tally');
  private readonly discovery = element('span', 'discovery');
  private readonly rate = element('span', 'rate');
  private readonly elapsed = element('span', 'elapsed');
  private readonly problem = element('div', 'problem');
  private readonly parts = PROGRESS_PARTS.map((part) => element('div', `part part-${part}`));
  private readonly progress = element('div', 'progress', ...this.parts);
  private readonly pause = this.button('pause', 'pause');
  private readonly resume = this.button('resume', 'resume');
  private readonly retryFailed = this.button('retryFailed', 'again');
  private readonly cancel = this.button('cancel', 'stop');
  private readonly export = this.button('export', 'export');
  private readonly crawlAgain = this.button('crawlAgain', 'again');
  private readonly actions = [
    this.pause,
    this.resume,
    this.cancel,
    this.retryFailed,
    this.export,
    this.crawlAgain,
  ];
  readonly root = element(
    'header',
    'header',
    element(
      'div',
      'headline',
      element('div', 'identity', this.icon.root, this.title),
      element('div', 'actions', ...this.actions.map(({ root }) => root)),
    ),
    element('div', 'figures', this.state, this.tally, this.discovery, this.rate, this.elapsed),
    this.progress,
    this.problem,
  );

  constructor(
    private readonly formats: Formats,
    private readonly run: (command: Command) => void,
  ) {
    this.state.id = 'state';
    setAttributes(this.progress, { role: 'progressbar', 'aria-labelledby': 'state', 'aria-valuemin': 0 });
    this.problem.setAttribute('role', 'note');
  }

  show(crawl: CrawlRecord, strings: PanelStrings, nowMs: number): void {
    const { state, counts } = crawl;
    this.icon.show(state.kind === 'completed' ? 'succeeded' : state.kind);
    this.root.dataset.state = state.kind;
    setText(this.title, crawl.title);
    setTitle(this.title, crawl.title);
    setText(this.state, strings[state.kind]);

    const settled = settledCount(counts);
    const { count } = this.formats;
    setText(this.tally, `${count(settled)}/${count(counts.asked)}`);
    // What a site crawl was asked for is not known before it ends, so that a share of it would promise too much.
    const isGrowing = crawl.site !== null && state.kind === 'running';
    setText(
      this.discovery,
      isGrowing ? fillIn(strings.discovery, count(counts.asked), count(counts.outstanding)) : '',
    );
    setAttributes(this.progress, {
      'aria-valuemax': counts.asked,
      'aria-valuenow': settled,
      'aria-valuetext': fillIn(strings.progress, count(settled), count(counts.asked)),
    });
    PROGRESS_PARTS.forEach((part, place) => {
      const share = counts.asked === 0 ? 0 : (100 * counts[part]) / counts.asked;
      this.parts[place]?.style.setProperty('width', `${share}%`);
    });
    this.showTime(crawl, strings, nowMs);

    setText(this.problem, state.kind === 'failed' ? state.message : '');
    this.problem.hidden = state.kind !== 'failed';
    const isRunning = state.kind === 'running';
    const focused = this.actions.find(({ root }) => root === document.activeElement);
    this.pause.show(strings.pause, isRunning);
    this.resume.show(strings.resume, !isRunning && counts.outstanding > 0);
    this.cancel.show(strings.cancel, isRunning);
    this.retryFailed.show(strings.retryFailed, !isRunning && counts.failed > 0);
    this.export.show(strings.export, true);
    this.crawlAgain.show(strings.crawlAgain, !isRunning);
    // With a button that goes, the keyboard would lose its place.
    if (focused?.root.hidden === true) this.actions.find(({ root }) => !root.hidden)?.root.focus();
  }

  /** The part of the header that changes with the clock alone. */
  showTime(crawl: CrawlRecord, strings: PanelStrings, nowMs: number): void {
    const spentMs = elapsedMs(crawl, nowMs);
    // A page that is skipped takes no time.
    const fetched = crawl.counts.succeeded + crawl.counts.failed;
    const isRateKnown = spentMs !== null && spentMs > 0 && fetched > 0;
    const perSecond = isRateKnown ? (fetched * 1000) / spentMs : 0;
    setText(this.rate, isRateKnown ? fillIn(strings.pagesPerSecond, this.formats.rate(perSecond)) : '');
    setText(this.elapsed, spentMs === null ? '' : formatElapsed(spentMs));
    setTitle(this.elapsed, strings.elapsed);
  }

  private button(command: Command, icon: IconName): ActionButton {
    return new ActionButton(command, icon, () => this.run(command));
  }
}

class ActionButton {
  private readonly label = element('span', 'label');
  readonly root = element('button', 'action');

  constructor(command: Command, icon: IconName, run: () => void) {
    this.root.type = 'button';
    this.root.dataset.command = command;
    this.root.append(new Icon(icon).root, this.label);
    this.root.addEventListener('click', run);
  }

  show(label: string, isVisible: boolean): void {
    // The label is not drawn in a narrow panel; its name and tooltip stay.
    setText(this.label, label);
    setTitle(this.root, label);
    this.root.setAttribute('aria-label', label);
    this.root.hidden = !isVisible;
  }
}
