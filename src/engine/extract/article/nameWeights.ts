import { remembered } from '../remembered';

/** Parts of names that sites give to what surrounds an article, and to articles; matched within words, as in "maincontent". */
const unlikely =
  /banner|breadcrumb|combx|comment|community|cover-?wrap|disqus|extra|footer|gdpr|header|legends|menu|related|remark|replies|rss|shoutbox|sidebar|skyscraper|social|sponsor|supplemental|age-?gate|paginat|pager|popup|ad-break|-ad-/i;
const maybeAfterAll = /and|article|body|column|content|main|mathjax|shadow/i;
const speaksFor = /article|body|content|entry|main|page|paginat|post|text|blog|story/i;
const speaksAgainst =
  /-ad-|hidden|(?:^|\s)hid(?:\s|$)|banner|combx|comment|com-|contact|footer|gdpr|masthead|media|meta|outbrain|promo|related|scroll|share|shoutbox|sidebar|skyscraper|sponsor|shopping|tags|widget/i;
const writer = /byline|author|dateline|writtenby|p-author/i;
const share = /(?:\b|_)(?:share|sharedaddy)(?:\b|_)/i;

const weightOfEach = 25;

const weightOf = remembered((name) => {
  if (name === '') return 0;
  return (speaksFor.test(name) ? weightOfEach : 0) - (speaksAgainst.test(name) ? weightOfEach : 0);
});

/** How far names speak for an element being an article (above 0) or being beside one (below 0). */
export function nameWeight(className: string, id: string): number {
  return weightOf(className) + weightOf(id);
}

const saysOf = remembered((names) => ({
  unlikely: unlikely.test(names) && !maybeAfterAll.test(names),
  writer: writer.test(names),
  sharing: share.test(names),
}));
const nothing = { unlikely: false, writer: false, sharing: false };

/** Whether names say that an element is hardly ever an article, tells who wrote it or when, or shares it elsewhere. */
export function namesSay(className: string, id: string): typeof nothing {
  if (id === '') return className === '' ? nothing : saysOf(className);
  return saysOf(`${className} ${id}`);
}
