import assert from 'node:assert/strict';
import { decodeBody } from '../../../src/engine/extract/decodeBody';
import { encodeText } from '../../support/encodeText';

const texts = {
  japanese:
    'この港には朝早くから漁船が出入りしています。潮の満ち引きを調べて、船を出す時間を決めるのです。' +
    '天気が悪い日には、だれも海に出ません。市場では新しい魚が売られています。',
  simplified:
    '这个港口每天早上都有很多渔船进出。人们根据潮汐的变化来决定出海的时间。' +
    '天气不好的时候，没有人会离开码头。市场里卖的都是当天捕到的新鲜的鱼。',
  traditional:
    '這個港口每天早上都有許多漁船進出。人們根據潮汐的變化來決定出海的時間。' +
    '天氣不好的時候，沒有人會離開碼頭。市場裡賣的都是當天捕到的新鮮的魚。',
  korean:
    '이 항구에는 아침 일찍부터 고기잡이배가 드나듭니다. 사람들은 밀물과 썰물을 보고 배를 띄울 시간을 정합니다. ' +
    '날씨가 나쁜 날에는 아무도 바다에 나가지 않습니다. 시장에서는 그날 잡은 물고기를 팝니다.',
  russian:
    'В эту гавань с раннего утра заходят рыбацкие лодки. Люди следят за приливом и решают, когда выходить в море. ' +
    'В плохую погоду никто не покидает причал. На рынке продают свежую рыбу, которую поймали в тот же день.',
  greek:
    'Σε αυτό το λιμάνι μπαίνουν από νωρίς το πρωί ψαρόβαρκες. Οι άνθρωποι κοιτάζουν την παλίρροια και αποφασίζουν ' +
    'πότε θα βγουν στη θάλασσα. Όταν ο καιρός είναι κακός, κανείς δεν φεύγει από την προβλήτα.',
  french:
    'Dès le matin, les bateaux de pêche entrent dans ce port. Les pêcheurs étudient la marée et décident à quelle ' +
    'heure ils vont sortir en mer. Après la tempête, le marché était fermé, et l’été fut très calme à côté.',
  german:
    'In diesen Hafen fahren schon früh am Morgen die Fischerboote ein. Die Leute prüfen, wann die Flut kommt, und ' +
    'wählen danach die Stunde. Bei schlechtem Wetter verlässt niemand die Brücke, und der Markt ist geschlossen.',
  polish:
    'Do tego portu od wczesnego ranka wpływają łodzie rybackie. Ludzie sprawdzają przypływ i decydują, kiedy wyjść ' +
    'w morze. Gdy pogoda jest zła, nikt nie opuszcza przystani, a na targu można kupić świeże śledzie i pstrągi.',
  czech:
    'Do tohoto přístavu připlouvají už od časného rána rybářské lodě. Lidé sledují příliv a rozhodují se, kdy vyplují ' +
    'na moře. Když je špatné počasí, nikdo neopouští molo a na tržišti se prodávají čerstvé ryby, které ulovili týž den.',
};

const legacy: readonly (readonly [string, keyof typeof texts])[] = [
  ['shift_jis', 'japanese'],
  ['euc-jp', 'japanese'],
  ['gb18030', 'simplified'],
  ['big5', 'traditional'],
  ['euc-kr', 'korean'],
  ['windows-1251', 'russian'],
  ['koi8-r', 'russian'],
  ['iso-8859-5', 'russian'],
  ['windows-1253', 'greek'],
  ['windows-1252', 'french'],
  ['windows-1252', 'german'],
  ['iso-8859-2', 'polish'],
  ['iso-8859-2', 'czech'],
];

function pageOf(text: string): string {
  return `<!doctype html><html><head><title>Harbour</title></head><body><p>${text}</p></body></html>`;
}

describe('a page that declares no encoding', () => {
  for (const [encoding, language] of legacy) {
    it(`is read when it is ${language} in ${encoding}`, () => {
      const page = pageOf(texts[language]);
      assert.equal(decodeBody(encodeText(page, encoding), null, true), page);
    });
  }

  for (const [language, text] of Object.entries(texts)) {
    it(`is read when it is ${language} in UTF-8, also when cut in the middle of a character`, () => {
      const page = Buffer.from(pageOf(text));
      assert.equal(decodeBody(page, null, true), page.toString());
      const inside = page.findLastIndex((byte) => byte >= 0xc0) + 1;
      const cut = decodeBody(page.subarray(0, inside), null, true);
      assert.ok(cut.length > 100 && page.toString().startsWith(cut.replace(/\ufffd$/, '')));
    });
  }

  for (const endian of ['little', 'big'] as const) {
    const bytes = (text: string): Buffer => {
      const little = Buffer.from(text, 'utf16le');
      return endian === 'little' ? little : little.swap16();
    };

    it(`is read when it is UTF-16, ${endian} end first, with its mark`, () => {
      const page = pageOf(texts.russian);
      assert.equal(decodeBody(bytes(`\ufeff${page}`), null, true), page);
    });

    it(`is read when it is UTF-16, ${endian} end first, without a mark`, () => {
      const page = pageOf(texts.french);
      assert.equal(decodeBody(bytes(page), null, true), page);
    });
  }
});
