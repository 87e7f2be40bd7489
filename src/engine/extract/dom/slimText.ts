import { textType } from './nodeTypes';
import { SlimLinked, type SlimChild } from './slimNode';

export class SlimText extends SlimLinked {
  data: string;

  constructor(data: string) {
    super();
    this.data = data;
  }

  override get nodeType(): number {
    return textType;
  }

  override get nodeName(): string {
    return '#text';
  }

  get textContent(): string {
    return this.data;
  }

  get childNodes(): SlimChild[] {
    return [];
  }

  remove(): void {
    this.parentNode?.removeChild(this);
  }
}
