import type { PanelMemory, PanelRequest, PanelUpdate } from '../panel/panelMessages';
import { Announcer } from './announcer';
import { element, setText } from './element';
import { FilterBar } from './filterBar';
import { fillIn, type Formats } from './format';
import { HeaderView } from './headerView';
import {
  reducePanel,
  rowAt,
  type PageFilter,
  type PanelAction,
  type PanelState,
  type ShownPanel,
} from './panelState';
import { ResultList } from './resultList';
import { RowLoader } from './rowLoader';
import { fetchedRows, type DrawnRows } from './rowsWindow';

const CLOCK_TICK_MS = 1_000;
const REMEMBER_AFTER_MS = 200;

export interface PanelHost {
  post(request: PanelRequest): void;
  remember(memory: PanelMemory): void;
}

/** Holds the panel's state, draws it once a frame at most, and turns what the user does into requests. */
export class PanelView {
  private state: PanelState;
  private readonly header: HeaderView;
  private readonly filterBar: FilterBar;
  private readonly list: ResultList;
  private readonly announcer = new Announcer();
  private readonly spoken = element('div', 'spoken');
  private readonly deleted = element('p', 'deleted');
  private readonly loader: RowLoader;
  private spokenFilter: PageFilter | null = null;
  private frame: number | null = null;
  private memoryTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly root: HTMLElement,
    private readonly formats: Formats,
    memory: PanelMemory | null,
    private readonly host: PanelHost,
  ) {
    this.state = { kind: 'loading', memory };
    this.loader = new RowLoader((requestId, query) => host.post({ kind: 'rows', requestId, query }));
    this.header = new HeaderView(formats, (kind) => host.post({ kind }));
    this.list = new ResultList(
      formats,
      {
        onScroll: () => this.onScroll(),
        onSelect: (position) => this.onSelect(position),
        onOpen: (position) => this.onOpen(position),
      },
      memory?.scrollTop ?? null,
    );
    this.filterBar = new FilterBar(
      formats,
      (filter) => this.dispatch({ kind: 'filter', filter }),
      () => this.list.focus(),
    );
    this.spoken.setAttribute('role', 'status');
    document.addEventListener('keydown', (event) => {
      if (!(event.ctrlKey || event.metaKey) || event.key.toLowerCase() !== 'f') return;
      event.preventDefault();
      this.filterBar.focus();
    });
    setInterval(() => this.onTick(), CLOCK_TICK_MS);
  }

  receive(update: PanelUpdate): void {
    switch (update.kind) {
      case 'rows': {
        const query = this.loader.settle(update.requestId);
        if (query === null) return;
        this.dispatch({ kind: 'rowsLoaded', query, rows: update.rows, total: update.total });
        return;
      }
      case 'rowsFailed':
        if (this.loader.fail(update.requestId) === null) return;
        this.dispatch({ kind: 'rowsFailed', message: update.message });
        return;
      case 'snapshot':
      case 'changed':
        this.dispatch(update);
        this.loader.refresh();
    }
  }

  private dispatch(action: PanelAction): void {
    const before = this.state;
    this.state = reducePanel(before, action);
    if (this.state === before) return;
    if (before.kind === 'shown' && this.state.kind === 'shown' && before.filter !== this.state.filter) {
      this.list.scrollToStart();
    }
    this.draw();
    this.rememberSoon();
  }

  private draw(): void {
    this.frame ??= requestAnimationFrame(() => {
      this.frame = null;
      if (this.state.kind === 'shown') this.drawShown(this.state);
      else if (this.state.kind === 'deleted') this.drawDeleted(this.state.strings.deleted);
    });
  }

  private drawShown(state: ShownPanel): void {
    if (!this.root.contains(this.list.root)) {
      this.root.replaceChildren(this.header.root, this.filterBar.root, this.list.root, this.spoken);
    }
    const nowMs = Date.now();
    this.header.show(state.crawl, state.strings, nowMs);
    this.filterBar.show(state);
    this.want(state, this.list.show(state));
    this.speak(state, nowMs);
  }

  /** The crawl's progress, and once for each filter how many rows it leaves. */
  private speak({ strings, crawl, filter, list }: ShownPanel, nowMs: number): void {
    const progress = this.announcer.next(crawl, strings, this.formats, nowMs);
    if (progress !== null) setText(this.spoken, progress);
    if (list.answeredFor !== filter || this.spokenFilter === filter) return;
    const isNewChoice = this.spokenFilter !== null;
    this.spokenFilter = filter;
    const { count } = this.formats;
    if (isNewChoice) {
      setText(this.spoken, fillIn(strings.shown, count(list.total), count(crawl.counts.asked)));
    }
  }

  private drawDeleted(text: string): void {
    this.loader.stop();
    setText(this.deleted, text);
    this.root.replaceChildren(this.deleted);
  }

  /** Until rows come, nobody knows how many match: the window is asked for as if there were enough. */
  private want({ filter, list }: ShownPanel, drawn: DrawnRows): void {
    const { wanted } = this.loader;
    const isSameList = wanted !== null && wanted.text === filter.text && wanted.outcome === filter.outcome;
    const total = list.answeredFor === filter ? list.total : Infinity;
    this.loader.want({ ...filter, ...fetchedRows(drawn, total, isSameList ? wanted : null) });
  }

  private onTick(): void {
    if (this.state.kind !== 'shown' || this.state.crawl.state.kind !== 'running') return;
    this.header.showTime(this.state.crawl, this.state.strings, Date.now());
  }

  private onScroll(): void {
    this.draw();
    this.rememberSoon();
  }

  private onSelect(position: number): void {
    this.dispatch({ kind: 'select', position });
    if (this.state.kind === 'shown' && this.state.selection !== null) {
      this.list.reveal(this.state.selection.position);
    }
  }

  private onOpen(position: number): void {
    const page = this.state.kind === 'shown' ? rowAt(this.state.list, position) : undefined;
    if (page !== undefined) this.host.post({ kind: 'open', index: page.index });
  }

  private rememberSoon(): void {
    clearTimeout(this.memoryTimer);
    this.memoryTimer = setTimeout(() => {
      if (this.state.kind !== 'shown') return;
      const { crawl, filter } = this.state;
      this.host.remember({ crawlId: crawl.id, ...filter, scrollTop: this.list.scrollTop });
    }, REMEMBER_AFTER_MS);
  }
}
