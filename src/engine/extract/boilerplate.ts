import { remembered } from './remembered';

/**
 * Words by which sites name their boilerplate in `class` and `id`. Matched against whole words of a
 * name ("share-bar", "shareBar", "share_bar"), never against parts of a word.
 */
const boilerplateWords = new Set(
  [
    'share sharing sharebar sharedaddy shares social socials addthis addtoany sharethis',
    'related recommended recommendation recommendations recommend recirc recirculation seealso outbrain taboola zergnet',
    'newsletter newsletters subscribe subscription subscriptions signup optin mailchimp paywall regwall',
    'ad ads adslot advert adverts advertisement advertising adsbygoogle dfp sponsor sponsored sponsors promo promos promotion promoted affiliate',
    'comment comments commentlist commentaires comentarios commenti kommentare disqus respond replies reactions teasers',
    'breadcrumb breadcrumbs pagination pager pagenav prevnext navigation nav navbar menu toolbar sidebar',
    'cookie cookies consent gdpr modal popup overlay',
    'trending popular mostread mostpopular morefrom morestories',
    'noprint printonly skiplink screenreader',
    'feedback rating ratings helpful editlink',
  ].flatMap((line) => line.split(' ')),
);

/** The same, where it takes two words to tell. */
const boilerplatePairs =
  /\b(?:see also|read (?:more|next|also)|more (?:from|on|stories|news|articles|posts|reading)|most (?:read|popular|viewed)|(?:post|entry|article|story|blog|tag|topic|keyword)s? (?:tags|meta|footer|nav|topics|links|actions|tools|controls)|tags? (?:list|links|cloud)|(?:author|about) (?:bio|box|info|card|author|profile)|sign up|opt in|sr only|visually hidden|screen reader|skip link|edit (?:page|link)|you may|also like|up next|next (?:post|article|story)|prev(?:ious)? (?:post|article|story)|follow us|call to action|print only|no print|site (?:header|footer|nav)|page (?:nav|footer|tools|actions)|copyright|app download)\b/;

/** Words that say a name speaks of the content itself: "comment-article", "post-share-content". */
const contentWords = new Set([
  'article',
  'content',
  'body',
  'main',
  'story',
  'text',
  'page',
  'wrapper',
  'container',
]);

/** Words by which sites name what stands under a headline: who wrote it and when. */
const bylineWords =
  /\b(?:byline|dateline|timestamp|pubdate|publish(?:ed)?|updated|modified|author|authors|date|time ago|read(?:ing)? time|posted|(?:post|entry|article|story) meta)\b/;

const captionWords = new Set([
  'caption',
  'captions',
  'credit',
  'credits',
  'attribution',
  'copyright',
  'figcaption',
]);
const galleryWords = new Set(['gallery', 'slideshow', 'carousel', 'slider', 'lightbox']);

/** What names say of an element. */
interface NamedAs {
  /** Something beside the content. */
  boilerplate: boolean;
  /** Author or date, which are fields of their own. */
  byline: boolean;
  /** The words under a picture. */
  caption: boolean;
  gallery: boolean;
  /** The content itself. */
  content: boolean;
}

const unnamed: NamedAs = {
  boilerplate: false,
  byline: false,
  caption: false,
  gallery: false,
  content: false,
};

const judge = remembered((names): NamedAs => {
  const words = wordsOf(names);
  const spoken = words.join(' ');
  return {
    boilerplate: words.some((word) => boilerplateWords.has(word)) || boilerplatePairs.test(spoken),
    byline: bylineWords.test(spoken),
    caption:
      words.some((word) => captionWords.has(word)) && !words.includes('code') && !words.includes('table'),
    gallery: words.some((word) => galleryWords.has(word)),
    content: names
      .toLowerCase()
      .split(/[^a-z]+/)
      .some((word) => contentWords.has(word)),
  };
});

/** Judges an element by its `class` and, where given, its `id`. */
export function namedAs(className: string, id = ''): NamedAs {
  if (id === '') return className === '' ? unnamed : judge(className);
  return judge(`${className} ${id}`);
}

/** "post-shareBar" → post, share, bar. */
function wordsOf(names: string): string[] {
  return names
    .replace(/([a-z])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z]+/)
    .filter(Boolean);
}

/** What stands over, or at the start of, a list of links to other pages, in the more common languages. */
const leadInPatterns = [
  // English
  'related(?: (?:articles?|stor(?:y|ies)|posts?|news|content|links?|topics?|coverage|reading|videos?))?',
  '(?:see|read|watch)(?: it)? (?:also|more|next|now)|also (?:read|see|on)|read (?:the )?(?:full|original) (?:story|article)',
  '(?:more|most|latest|top|recent|popular|trending|recommended)(?: \\w+){0,2} (?:stor(?:y|ies)|articles?|posts?|news|reading|topics|videos?|headlines)',
  'more (?:from|on|in|about)(?: .{1,40})?|you (?:may|might)(?: also)? (?:like|be interested in)|recommended(?: for you)?|don.t miss|up next',
  'share(?: (?:this|on|via|with).*)?|follow (?:us|me).*|(?:sign up|subscribe)(?: (?:to|for|now|here|today)\\b.*)?|advertisement|sponsored|tags?|topics|filed under.*|tagged(?: with| in)?.*',
  // German, French, Spanish, Portuguese, Italian, Dutch
  '(?:lesen sie|lies) (?:auch|mehr).*|mehr zum thema.*|das könnte (?:sie|dich|ihnen) auch.*|weitere (?:artikel|themen|nachrichten).*|artikel teilen|teilen|anzeige|schlagwörter|verwandte (?:artikel|themen).*',
  '(?:à )?lire (?:aussi|également).*|lire la suite|voir aussi|articles? (?:liés?|similaires|connexes)|sur le même (?:sujet|thème)|partager.*|publicité|mots[- ]clés|abonnez-vous.*|inscrivez-vous.*',
  '(?:lea|lee|leer|ver|vea|mira) (?:también|además|más).*|te puede interesar.*|(?:noticias|artículos) relacionad[oa]s|relacionad[oa]s?|compartir.*|publicidad|etiquetas|suscríbete.*',
  '(?:leia|veja|confira) (?:também|mais).*|(?:notícias|matérias|artigos) relacionad[oa]s|compartilh[ae].*|partilhar.*|assine.*|publicidade',
  '(?:leggi|vedi|guarda) anche.*|articoli correlati|potrebbe interessarti.*|condividi.*|pubblicità|iscriviti.*',
  '(?:lees|bekijk) (?:ook|meer|verder).*|gerelateerd(?:e .*)?|deel(?: dit.*)?|advertentie',
  // Polish, Czech, Russian, Ukrainian, Turkish, Swedish, Danish, Norwegian
  '(?:czytaj|zobacz|przeczytaj) (?:też|także|również|więcej).*|podobne artykuły|udostępnij.*|reklama|tagi',
  '(?:čtěte|přečtěte si) (?:také|též|více).*|související (?:články|témata)?|sdílet.*',
  '(?:читайте|смотрите|читать) (?:также|ещё|еще|далее|дальше).*|(?:материалы|новости|статьи) по теме|по теме|похожие (?:статьи|материалы|новости)|поделиться.*|реклама|теги|подписывайтесь.*|подпишитесь.*',
  '(?:читайте|дивіться) (?:також|ще).*|поділитися.*|за темою',
  'ilgili (?:haberler|yazılar|konular)|bunlar da ilginizi çekebilir.*|paylaş.*|etiketler|reklam',
  '(?:läs|se) (?:också|även|mer|vidare).*|relaterat|dela(?: artikeln)?|læs også.*|les også.*|annons|annonse',
  // Chinese, Japanese, Korean, Arabic, Hindi, Vietnamese, Indonesian
  '(?:相关|相關|延伸|推荐|推薦|更多|热门|熱門)(?:阅读|閱讀|新闻|新聞|文章|推荐|推薦|链接|報導|报道|内容).*|分享(?:到|至)?.*|广告|廣告|标签|標籤|责任编辑.*',
  '(?:関連|おすすめ|あわせて|合わせて|人気)(?:記事|リンク|ニュース|の記事|読みたい).*|こちらもおすすめ.*|シェア(?:する)?|広告|タグ|スポンサーリンク',
  '관련\\s?(?:기사|글|뉴스).*|추천\\s?(?:기사|글).*|공유(?:하기)?|광고|태그',
  '(?:اقرأ|شاهد|إقرأ) (?:أيضا|أيضاً|المزيد).*|مواضيع ذات صلة|أخبار ذات صلة|مشاركة|إعلان',
  '(?:यह भी|ये भी) पढ़ें.*|संबंधित खबरें|शेयर करें.*|विज्ञापन',
  '(?:xem|đọc) thêm.*|tin liên quan|bài viết liên quan|chia sẻ.*|(?:baca|lihat) juga.*|artikel terkait|berita terkait|bagikan.*',
];
const leadIn = new RegExp(`^\\W*(?:${leadInPatterns.join('|')})[\\s:：>»…\\p{P}]*$`, 'iu');

/** Whether a short text is only there to lead on to other pages ("Read also:"). */
export function isLeadIn(text: string): boolean {
  return text.length <= 160 && leadIn.test(text);
}

const leadInStart = new RegExp(
  `^\\W*(?:see also|read (?:more|also|next)|also read|related(?: \\w+)?|more on this|lesen sie auch|mehr zum thema|(?:à )?lire aussi|voir aussi|(?:lea|lee|ver) también|leia (?:também|mais)|leggi anche|lees ook|czytaj (?:też|także|również)|zobacz (?:też|także)|читайте также|читайте також|läs också|läs mer|læs også|les også|baca juga|xem thêm|関連記事|あわせて読みたい|相关阅读|延伸閱讀|관련\\s?기사)\\s*[:：>»|–—-]`,
  'iu',
);

/** Whether a paragraph begins as a lead-in does: "See also: …". */
export function beginsAsLeadIn(text: string): boolean {
  return leadInStart.test(text);
}

const sharingWords = new Set(
  'facebook twitter x tweet whatsapp pinterest pin pint linkedin reddit telegram viber vk ok line weibo wechat flipboard tumblr messenger sms instagram youtube tiktok bluesky mastodon threads email e-mail mail print share save copy link url via on by and like send post comment comments download baixar enviar imprimir drucken imprimer compartir compartilhar teilen partager condividi поделиться вконтакте одноклассники печать'.split(
    ' ',
  ),
);

const firstWord = /[\p{L}-]+/u;

/** Whether a line is nothing but names of networks and what to do there. */
export function isSharingLine(text: string): boolean {
  const [first = ''] = firstWord.exec(text) ?? [];
  if (!sharingWords.has(first.toLowerCase())) return false;
  const words = text.toLowerCase().match(/[\p{L}-]+/gu) ?? [];
  return words.length >= 2 && words.length <= 16 && words.every((word) => sharingWords.has(word));
}

const closing =
  /^\W*(?:subscribe (?:to|now|for)|sign up (?:to|for|here|now|today)|join (?:our|us on|the conversation)|follow (?:us|him|her|me|them|@|\S+ on)|like us on|download (?:the|our) .{0,30}app|click here (?:to|for)|(?:have|got) a (?:tip|story|news tip)|want (?:more|to read)|get (?:the|our|all) (?:latest|best|top|daily)|start your (?:day|free)|(?:copyright|©|\(c\)) |all rights reserved|this (?:document|material) (?:is subject|may not)|this (?:story|article|post) (?:was|has been|is) (?:originally |first )?(?:published|syndicated|part of)|originally published|citation:|media playback is|this (?:slideshow|website|site) (?:requires|uses)|abonnieren sie|folgen sie|newsletter abonnieren|suivez[- ]nous|abonnez-vous|síguenos|suscríbete|siga-nos|inscreva-se|assine|seguici|iscriviti|volg ons|schrijf je in|подпис(?:ывайтесь|аться)|следите за|śledź nas|zapisz się|takip edin|关注我们|扫描二维码|版权(?:所有|声明)|未经授权|フォローする|無断転載|저작권자|무단\s?전재|تابعنا)/iu;

/** Whether a paragraph at the end of an article asks for something or says whose it is. */
export function isClosingCall(text: string): boolean {
  return text.length <= 500 && closing.test(text);
}
