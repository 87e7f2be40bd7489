import { htmlToMarkdown, initSync } from 'mdream/wasm';
import wasmBytes from 'mdream/wasm/mdream_edge_bg.wasm';

let isReady = false;

/** Converts an HTML fragment. Takes the WebAssembly build, which runs from a bundle on every platform. */
export function toMarkdown(html: string): string {
  if (!isReady) {
    initSync({ module: wasmBytes });
    isReady = true;
  }
  return htmlToMarkdown(html, {}).trim();
}
