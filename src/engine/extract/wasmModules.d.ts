/** The build puts the bytes into the bundle. */
declare module 'mdream/wasm/mdream_edge_bg.wasm' {
  const bytes: Uint8Array<ArrayBuffer>;
  export default bytes;
}
