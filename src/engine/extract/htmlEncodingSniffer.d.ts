declare module 'html-encoding-sniffer' {
  /** Name of the encoding by the HTML standard's rules, or `defaultEncoding` when nothing declares one. */
  export default function sniffEncoding(
    bytes: Uint8Array,
    options?: { xml?: boolean; transportLayerEncodingLabel?: string; defaultEncoding?: string },
  ): string;
}
