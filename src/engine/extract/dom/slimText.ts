import { textType } from './nodeTypes';
import { SlimLinked } from './slimNode';

export class SlimText extends SlimLinked {
  readonly nodeType = textType;
  data: string;

  constructor(data: string) {
    super();
    this.data = data;
  }
}
