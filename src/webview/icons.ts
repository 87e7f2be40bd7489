/** Line drawings on a 16 × 16 grid. */
const DRAWINGS = {
  succeeded: 'M8 1.75a6.25 6.25 0 1 0 0 12.5a6.25 6.25 0 1 0 0-12.5M5.25 8.25l2 2l3.5-4.25',
  failed: 'M8 1.75a6.25 6.25 0 1 0 0 12.5a6.25 6.25 0 1 0 0-12.5M5.75 5.75l4.5 4.5M10.25 5.75l-4.5 4.5',
  skipped: 'M8 1.75a6.25 6.25 0 1 0 0 12.5a6.25 6.25 0 1 0 0-12.5M5 8h6',
  outstanding: 'M8 4.25a3.75 3.75 0 1 0 0 7.5a3.75 3.75 0 1 0 0-7.5',
  running: 'M8 1.75a6.25 6.25 0 1 1-6.25 6.25',
  cancelled: 'M8 1.75a6.25 6.25 0 1 0 0 12.5a6.25 6.25 0 1 0 0-12.5M6 6h4v4h-4z',
  paused: 'M8 1.75a6.25 6.25 0 1 0 0 12.5a6.25 6.25 0 1 0 0-12.5M6.5 5.5v5M9.5 5.5v5',
  interrupted: 'M8 1.75a6.25 6.25 0 1 0 0 12.5a6.25 6.25 0 1 0 0-12.5M8 4.75v4M8 10.75v.5',
  truncated: 'M4.5 1.75h4l3 3v3.5M4.5 1.75v6.5M2 11h1.5M5.5 11h1.5M9 11h1.5M12.5 11h1.5M4.5 13.5v.75h7v-.75',
  stop: 'M4 4h8v8h-8z',
  pause: 'M5.5 3.5v9M10.5 3.5v9',
  resume: 'M5 3.25l7 4.75l-7 4.75z',
  export: 'M8 10V2M5 4.75L8 1.75l3 3M3 8v5.5h10V8',
  again: 'M13.25 8a5.25 5.25 0 1 1-1.6-3.75L13.25 5.75M13.25 2.25v3.5h-3.5',
  filter: 'M2 4h12M4.5 8h7M6.75 12h2.5',
} as const;

export type IconName = keyof typeof DRAWINGS;

const SVG = 'http://www.w3.org/2000/svg';

/** Says nothing to a screen reader: what it shows is always in a text as well. */
export class Icon {
  readonly root = document.createElementNS(SVG, 'svg');
  private readonly path = document.createElementNS(SVG, 'path');
  private name: IconName | null = null;

  constructor(name?: IconName) {
    this.root.setAttribute('viewBox', '0 0 16 16');
    this.root.setAttribute('class', 'icon');
    this.root.setAttribute('aria-hidden', 'true');
    this.root.append(this.path);
    if (name !== undefined) this.show(name);
  }

  show(name: IconName): void {
    if (name === this.name) return;
    this.name = name;
    this.root.setAttribute('class', `icon icon-${name}`);
    this.path.setAttribute('d', DRAWINGS[name]);
  }

  hide(isHidden: boolean): void {
    this.root.classList.toggle('is-hidden', isHidden);
  }
}
