export class SlimAttribute {
  readonly name: string;
  value: string;

  constructor(name: string, value: string) {
    this.name = name;
    this.value = value;
  }

  cloneNode(): SlimAttribute {
    return new SlimAttribute(this.name, this.value);
  }
}
