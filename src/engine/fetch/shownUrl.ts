const maxLength = 200;

/** A URL for people to read: without user name and password, and of bearable length. */
export function shownUrl(url: URL): string {
  const text = withoutCredentials(url);
  return text.length > maxLength ? `${text.slice(0, maxLength)}…` : text;
}

/** What may leave the fetcher: a page's address must not carry the password it was fetched with. */
export function withoutCredentials(url: URL): string {
  if (url.username === '' && url.password === '') return url.href;
  const bare = new URL(url);
  bare.username = '';
  bare.password = '';
  return bare.href;
}
