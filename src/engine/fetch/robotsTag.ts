const valued = /^(?:unavailable_after|max-(?:snippet|image-preview|video-preview))$/;

/** Whether an `X-Robots-Tag` header asks this crawler not to follow the links of its page. */
export function isNofollowTag(header: string | string[] | undefined): boolean {
  if (header === undefined) return false;
  let agent = '*';
  const directives = [header].flat().join(',').toLowerCase().split(',');
  return directives.some((part) => {
    const [, name, rest] = /^\s*([\w-]+)\s*:(.*)$/.exec(part) ?? [];
    const isAgent = name !== undefined && !valued.test(name);
    if (isAgent) agent = name;
    const directive = (isAgent ? (rest ?? '') : part).trim();
    return (agent === '*' || agent === 'riptide') && (directive === 'nofollow' || directive === 'none');
  });
}
