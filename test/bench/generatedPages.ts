import { seededRandom } from '../support/seededRandom';

export const pageKinds = [
  ...['docs-sidebar', 'docs-sections', 'docs-tabs', 'docs-reference', 'docs-plain'],
  ...['docs-index', 'docs-short', 'docs-split'],
  ...['forum', 'questions', 'shop', 'table', 'wiki-ja', 'news-ru', 'docs-zh', 'news-ar'],
] as const;

export type PageKind = (typeof pageKinds)[number];

export interface GeneratedPage {
  html: string;
  /** What a reader came for, as markup, without what the site puts around it. */
  content: string;
}

type Random = () => number;

const vocabularies = {
  en: 'server client request response header value option default module function returns promise stream buffer error message connection timeout retry cache token session cluster node index query schema field record the a of to in for with when each before after without between'.split(
    ' ',
  ),
  ja: '設定 接続 要求 応答 関数 引数 戻り値 例外 流れ 保存 読み込み 書き込み 一覧 項目 場合 必要 利用 方法 手順 結果'.split(
    ' ',
  ),
  zh: '配置 连接 请求 响应 函数 参数 返回值 异常 缓存 保存 读取 写入 列表 项目 情况 需要 使用 方法 步骤 结果'.split(
    ' ',
  ),
  ru: 'сервер клиент запрос ответ заголовок значение параметр модуль функция возвращает поток ошибка сообщение соединение город новости вчера сообщили жители между после перед'.split(
    ' ',
  ),
  ar: 'الخادم العميل الطلب الاستجابة القيمة الخيار الوحدة الدالة الخطأ الرسالة الاتصال المدينة الأخبار أمس السكان بعد قبل بين'.split(
    ' ',
  ),
};

type Language = keyof typeof vocabularies;

class Writer {
  private counter = 0;

  constructor(
    private readonly random: Random,
    private readonly language: Language,
  ) {}

  number(from: number, to: number): number {
    return from + Math.floor(this.random() * (to - from + 1));
  }

  pick<Item>(items: readonly Item[]): Item {
    return items[Math.floor(this.random() * items.length)]!;
  }

  words(count: number): string {
    const joint = this.language === 'ja' || this.language === 'zh' ? '' : ' ';
    // A number in each phrase keeps word n-grams from meeting by chance.
    const words = Array.from({ length: count }, () => this.pick(vocabularies[this.language]));
    return `${words.join(joint)}${joint}${++this.counter}`;
  }

  sentence(): string {
    const text = this.words(this.number(7, 18));
    const stop = { en: '.', ru: '.', ar: '.', ja: '。', zh: '。' }[this.language];
    return text.charAt(0).toUpperCase() + text.slice(1) + stop;
  }

  paragraph(): string {
    const sentences = Array.from({ length: this.number(2, 5) }, () => this.sentence());
    const at = this.number(0, sentences.length - 1);
    const words = ` <a href="/guide/${this.counter}">${this.words(2)}</a> <code>value${this.counter}</code>`;
    sentences[at] = `${sentences[at] ?? ''}${words}`;
    return `<p>${sentences.join(' ')}</p>`;
  }

  code(): { language: string; lines: string[] } {
    const language = this.pick(['js', 'python', 'bash', 'rust', 'json', 'html']);
    const lines = Array.from(
      { length: this.number(2, 12) },
      () => `  const v${++this.counter} = read("${this.counter}"); // note ${this.counter}`,
    );
    return { language, lines };
  }

  list(depth = 0): string {
    const tag = this.pick(['ul', 'ol']);
    const items = Array.from({ length: this.number(2, 5) }, () => {
      const nested = depth < 2 && this.random() < 0.3 ? this.list(depth + 1) : '';
      const isLoose = this.random() < 0.2;
      const text = this.words(this.number(3, 12));
      return `<li>${isLoose ? `<p>${text}</p>` : text}${nested}</li>`;
    });
    return `<${tag}>${items.join('')}</${tag}>`;
  }

  table(rows = this.number(2, 8)): string {
    const columns = this.number(2, 5);
    const row = (tag: string): string =>
      `<tr>${Array.from({ length: columns }, () => `<${tag}>${this.words(2)}</${tag}>`).join('')}</tr>`;
    const body = Array.from({ length: rows }, () => row('td')).join('');
    return `<table><thead>${row('th')}</thead><tbody>${body}</tbody></table>`;
  }
}

/** How generators of documentation set a block of code; the markup differs, the code does not. */
const codeStyles: ((language: string, lines: string[]) => string)[] = [
  (language, lines) => `<pre><code class="language-${language}">${escaped(lines.join('\n'))}</code></pre>`,
  (language, lines) =>
    `<div class="highlight-${language} notranslate"><div class="highlight"><pre><span></span>${spanned(lines).join('\n')}</pre></div></div>`,
  (language, lines) =>
    `<div class="language-${language} codeBlockContainer_x"><div class="codeBlockContent_x"><pre tabindex="0" class="prism-code language-${language}"><code>${spanned(
      lines,
    )
      .map((line) => `<span class="token-line" style="color:#fff">${line}<br></span>`)
      .join('')}</code></pre><div class="buttonGroup"><button type="button">Copy</button></div></div></div>`,
  (language, lines) =>
    `<div class="language-${language} highlight"><table class="highlighttable"><tr><td class="linenos"><div class="linenodiv"><pre>${lines
      .map((_, at) => at + 1)
      .join(
        '\n',
      )}</pre></div></td><td class="code"><div><pre><code>${spanned(lines).join('\n')}</code></pre></div></td></tr></table></div>`,
  (language, lines) =>
    `<figure class="highlight"><pre data-lang="${language}"><code>${escaped(lines.join('\n'))}</code></pre></figure>`,
];

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
}

function spanned(lines: readonly string[]): string[] {
  return lines.map((line) =>
    escaped(line)
      .replace('const', '<span class="kd">const</span>')
      .replace(/(\/\/.*)$/, '<span class="token hljs-comment comment">$1</span>'),
  );
}

/** One page of a kind; the same seed gives the same page. */
export function generatePage(kind: PageKind, seed: number): GeneratedPage {
  const random = seededRandom(seed * 1009 + pageKinds.indexOf(kind));
  const language = (/-(ja|zh|ru|ar)$/.exec(kind)?.[1] ?? 'en') as Language;
  const writer = new Writer(random, language);
  const content = contentOf(kind, writer);
  return { html: pageAround(kind, language, content, writer), content };
}

function contentOf(kind: PageKind, writer: Writer): string {
  switch (kind) {
    case 'forum':
      return posts(writer, 'post');
    case 'questions':
      return posts(writer, 'answer');
    case 'shop':
      return shopItem(writer);
    case 'table':
      return `<h1>${writer.words(4)}</h1>${writer.paragraph()}${writer.table(60)}${writer.paragraph()}`;
    case 'wiki-ja':
    case 'news-ru':
    case 'news-ar':
      return `<h1>${writer.words(5)}</h1>${sections(writer, (level) => prose(writer, level))}`;
    default:
      return documentation(kind, writer);
  }
}

function prose(writer: Writer, level: number): string {
  const paragraphs = Array.from({ length: writer.number(2, 5) }, () => writer.paragraph());
  const picture = `<figure><img src="/pictures/${level}.jpg" alt="${writer.words(2)}"></figure>`;
  return (
    paragraphs.join('') + (writer.number(0, 3) === 0 ? picture : '') + (level === 3 ? writer.list() : '')
  );
}

function sections(writer: Writer, body: (level: number) => string): string {
  return Array.from({ length: writer.number(4, 8) }, (_, at) => {
    const level = at % 3 === 2 ? 3 : 2;
    return `<h${level} id="part-${at}">${writer.words(3)}</h${level}>${body(level)}`;
  }).join('');
}

function documentation(kind: PageKind, writer: Writer): string {
  const style =
    codeStyles[['docs-tabs', 'docs-sections', 'docs-sidebar', 'docs-zh', 'docs-plain'].indexOf(kind) % 5] ??
    codeStyles[4]!;
  const code = (): string => {
    const { language, lines } = writer.code();
    return style(language, lines);
  };
  if (kind === 'docs-reference') {
    const entries = Array.from({ length: writer.number(6, 14) }, () => {
      const name = writer.words(1).replace(/\s/g, '_');
      const description = `${writer.paragraph()}${writer.number(0, 1) === 0 ? code() : ''}`;
      return `<dl class="py function"><dt class="sig" id="${name}"><code>${name}</code>(<em>path</em>)<a class="headerlink" href="#${name}">¶</a></dt><dd>${description}${writer.number(0, 2) === 0 ? writer.table() : ''}</dd></dl>`;
    });
    return `<h1>${writer.words(2)}</h1>${writer.paragraph()}${entries.join('')}`;
  }
  if (kind === 'docs-index') {
    const row = (): string =>
      `<tr><td><a href="/api/${writer.number(1, 999)}"><code>${writer.words(1).replace(/\s/g, '_')}</code></a></td><td>${writer.words(writer.number(4, 9))}</td></tr>`;
    const group = (): string =>
      `<h2>${writer.words(2)}</h2><table><tbody>${Array.from({ length: writer.number(5, 12) }, row).join('')}</tbody></table>`;
    return `<h1>${writer.words(2)}</h1><p>${writer.sentence()}</p>${Array.from({ length: 5 }, group).join('')}`;
  }
  if (kind === 'docs-short')
    return `<h1>${writer.words(2)}</h1><p>${writer.words(6)}</p>${code()}<p>${writer.words(5)}</p>${code()}`;
  if (kind === 'docs-split') {
    const part = (): string =>
      `<section><div class="copy"><h2>${writer.words(2)}</h2>${writer.paragraph()}${writer.list()}</div><div class="sample">${code()}</div></section>`;
    return `<h1>${writer.words(2)}</h1>${Array.from({ length: writer.number(4, 7) }, part).join('')}`;
  }
  const block = (): string => writer.pick([code, () => writer.list(), () => writer.table(), code, note])();
  const note = (): string =>
    `<div class="admonition note"><p class="admonition-title">Note</p>${writer.paragraph()}</div>`;
  const footnote = `<p>${writer.sentence()}<sup id="fnref:1"><a href="#fn:1" class="footnote-ref">1</a></sup></p>`;
  const footnotes = `<section class="footnotes"><hr><ol><li id="fn:1"><p>${writer.sentence()} <a href="#fnref:1">↩</a></p></li></ol></section>`;
  const body = sections(writer, () => `${writer.paragraph()}${block()}${writer.paragraph()}${block()}`);
  return `<h1>${writer.words(3)}</h1>${writer.paragraph()}${body}${footnote}${footnotes}`;
}

function posts(writer: Writer, kind: 'post' | 'answer'): string {
  return Array.from({ length: writer.number(4, 9) }, (_, at) => {
    const { language, lines } = writer.code();
    const code = writer.number(0, 2) === 0 ? codeStyles[0]!(language, lines) : '';
    const body = `${writer.paragraph()}${code}${writer.paragraph()}`;
    return kind === 'answer' && at === 0 ? `<h1>${writer.words(6)}</h1>${body}` : body;
  }).join('\u0000');
}

function shopItem(writer: Writer): string {
  const rows = Array.from(
    { length: 8 },
    () => `<tr><th>${writer.words(1)}</th><td>${writer.words(3)}</td></tr>`,
  );
  return `<h1>${writer.words(4)}</h1>${writer.paragraph()}<ul>${Array.from({ length: 6 }, () => `<li>${writer.words(7)}</li>`).join('')}</ul>${writer.paragraph()}${writer.paragraph()}<table><tbody>${rows.join('')}</tbody></table>`;
}

function pageAround(kind: PageKind, language: Language, content: string, writer: Writer): string {
  const links = (count: number): string =>
    Array.from(
      { length: count },
      () => `<li><a href="/nav/${writer.number(1, 999)}">${writer.words(2)}</a></li>`,
    ).join('');
  const head = `<!doctype html><html lang="${language}"${language === 'ar' ? ' dir="rtl"' : ''}><head><meta charset="utf-8"><title>${writer.words(3)} | Site</title></head>`;
  const header = `<header class="site-header"><a href="/">Site</a><nav><ul>${links(8)}</ul></nav><form><input name="q"><button>Search</button></form></header>`;
  const footer = `<footer><ul>${links(10)}</ul><p>© 2024 Site. All rights reserved.</p></footer><script src="/app.js"></script>`;
  return `${head}<body>${header}${middle(kind, content, links, writer)}${footer}</body></html>`;
}

function middle(kind: PageKind, content: string, links: (count: number) => string, writer: Writer): string {
  const sidebar = `<aside class="sidebar"><ul>${links(25)}</ul></aside>`;
  const contents = `<div class="toc"><p>On this page</p><ul>${links(6)}</ul></div>`;
  const pager = `<nav class="pagination-nav"><a href="/p">Previous ${writer.words(2)}</a><a href="/n">Next ${writer.words(2)}</a></nav>`;
  switch (kind) {
    case 'docs-tabs':
    case 'docs-short':
    case 'docs-zh':
      return `<div class="main-wrapper">${sidebar}<main><article><div class="theme-doc-markdown markdown">${content}</div></article>${pager}${contents}</main></div>`;
    case 'docs-sections':
    case 'docs-index':
    case 'docs-reference':
      return `<div class="document"><div class="documentwrapper"><div class="bodywrapper"><div class="body" role="main">${content}</div></div></div><div class="sphinxsidebar" role="navigation"><ul>${links(15)}</ul></div></div>`;
    case 'docs-sidebar':
      return `<div class="md-container"><div class="md-sidebar"><nav><ul>${links(20)}</ul></nav></div><div class="md-content"><article class="md-content__inner">${content}<aside class="md-source-file">Last update: 2024</aside></article></div>${contents}</div>`;
    case 'docs-plain':
    case 'docs-split':
      return `<div id="wrapper"><div id="menu"><ul>${links(12)}</ul></div><div id="content">${content}</div></div>`;
    case 'forum':
    case 'questions':
      return `<div id="main-outlet">${content
        .split('\u0000')
        .map(
          (post, at) =>
            `<div class="topic-post" id="post_${at}"><div class="topic-avatar"><a href="/u/${at}"><img src="/a/${at}.png" alt=""></a></div><div class="topic-body"><div class="topic-meta-data"><a href="/u/${at}">user${at}</a> <a href="#">2 days ago</a></div><div class="regular contents cooked">${post}</div><div class="post-controls"><button>Like</button><button>Share</button><a href="/r">Reply</a></div></div></div>`,
        )
        .join('')}</div><div class="suggested-topics"><h3>Suggested Topics</h3><ul>${links(8)}</ul></div>`;
    case 'shop':
      return `<div class="breadcrumb"><a href="/">Home</a> › <a href="/k">Kitchen</a></div><div class="product"><div class="gallery"><img src="/p1.jpg" alt=""></div><div class="product-info">${content}</div><div class="buy"><span class="price">20 €</span><button>Add to cart</button></div></div><div class="related-products"><h2>You may also like</h2><ul>${links(8)}</ul></div>`;
    default:
      return `<div class="layout"><div class="content"><div class="share-bar"><a href="/f">Facebook</a><a href="/t">Twitter</a></div><div class="article-text">${content}</div><div class="related"><h3>Related</h3><ul>${links(6)}</ul></div></div>${sidebar}</div>`;
  }
}
