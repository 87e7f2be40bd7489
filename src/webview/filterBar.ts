import { outcomeFilters, type OutcomeFilter, type PanelStrings } from '../panel/panelMessages';
import type { PageCounts } from '../store/records';
import { element, setText, setTitle } from './element';
import { fillIn, type Formats } from './format';
import { Icon } from './icons';
import type { PageFilter, ShownPanel } from './panelState';

/** One question for a burst of keys. */
const TYPING_PAUSE_MS = 150;

/** The counts, which choose what the list shows, and the text filter. */
export class FilterBar {
  private readonly choices = outcomeFilters.map((outcome) => this.choice(outcome));
  private readonly outcomes = element('div', 'outcomes', ...this.choices.map(({ root }) => root));
  private readonly input = element('input', 'filter-text');
  private readonly matches = element('span', 'matches');
  private typing: ReturnType<typeof setTimeout> | undefined;
  readonly root = element(
    'div',
    'filter-bar',
    this.outcomes,
    element('div', 'filter-box', new Icon('filter').root, this.input, this.matches),
  );

  /** `leave` is called when the keyboard asks for the list. */
  constructor(
    private readonly formats: Formats,
    private readonly choose: (filter: Partial<PageFilter>) => void,
    leave: () => void,
  ) {
    this.outcomes.setAttribute('role', 'radiogroup');
    this.input.type = 'text';
    this.input.spellcheck = false;
    this.input.addEventListener('input', () => {
      clearTimeout(this.typing);
      this.typing = setTimeout(() => this.commit(), TYPING_PAUSE_MS);
    });
    this.input.addEventListener('keydown', (event) => {
      // A key that belongs to an input method is not ours.
      if (event.isComposing) return;
      if (event.key === 'Enter') this.commit();
      else if (event.key === 'Escape') this.clear();
      else if (event.key === 'ArrowDown') leave();
      else return;
      event.preventDefault();
    });
  }

  focus(): void {
    this.input.focus();
    this.input.select();
  }

  show({ strings, crawl, filter, list }: ShownPanel): void {
    this.outcomes.setAttribute('aria-label', strings.outcomeFilter);
    for (const choice of this.choices) {
      choice.show(countOf(choice.outcome, crawl.counts), strings, filter.outcome, this.formats);
    }
    this.input.setAttribute('aria-label', strings.filter);
    this.input.placeholder = strings.filterPlaceholder;
    // What is being typed wins over what was last asked for.
    if (document.activeElement !== this.input) this.input.value = filter.text;
    const { count } = this.formats;
    const isNarrowed = filter.text !== '' && list.answeredFor === filter;
    setText(
      this.matches,
      isNarrowed ? fillIn(strings.shown, count(list.total), count(crawl.counts.asked)) : '',
    );
  }

  private commit(): void {
    clearTimeout(this.typing);
    this.choose({ text: this.input.value.trim() });
  }

  private clear(): void {
    this.input.value = '';
    this.commit();
  }

  private choice(outcome: OutcomeFilter): OutcomeChoice {
    return new OutcomeChoice(outcome, () => this.choose({ outcome }));
  }
}

/** A radio button that looks like a count. */
class OutcomeChoice {
  private readonly input = element('input', 'outcome-input');
  private readonly label = element('span', 'label');
  private readonly count = element('span', 'count');
  readonly root = element('label', 'outcome', this.input);

  constructor(
    readonly outcome: OutcomeFilter,
    choose: () => void,
  ) {
    this.input.type = 'radio';
    this.input.name = 'outcome';
    this.input.value = outcome;
    this.input.addEventListener('change', choose);
    if (outcome !== 'all') this.root.append(new Icon(outcome).root);
    this.root.append(this.label, this.count);
  }

  show(count: number, strings: PanelStrings, chosen: OutcomeFilter, formats: Formats): void {
    const label = outcomeLabel(this.outcome, strings);
    setText(this.label, label);
    setText(this.count, formats.count(count));
    setTitle(this.root, label);
    this.input.setAttribute('aria-label', `${label} ${formats.count(count)}`);
    this.input.checked = this.outcome === chosen;
    this.root.classList.toggle('is-none', count === 0);
    this.root.classList.toggle('is-chosen', this.outcome === chosen);
  }
}

function outcomeLabel(outcome: OutcomeFilter, strings: PanelStrings): string {
  return outcome === 'outstanding' ? strings.remaining : strings[outcome];
}

function countOf(outcome: OutcomeFilter, counts: PageCounts): number {
  return outcome === 'all' ? counts.asked : counts[outcome];
}
