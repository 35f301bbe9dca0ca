//! Words that sentences of a language are put together with, and that say nothing of what they are about.
//!
//! They tell a language from its neighbours, and are passed over in questions.

use super::code::Language;
use foldhash::fast::RandomState;
use std::{collections::HashMap, sync::LazyLock};

/// By code, in small letters.
const WORDS: &[(&str, &str)] = &[
    (
        "en",
        "the of and to a in is that it for on with as are be this by an or from at not can if which when has have was \
         but will you your we they these those there how what why does do should would could been its their then than \
         such into about between only also",
    ),
    (
        "de",
        "der die das den dem des ein eine einen einem einer eines und oder aber nicht kein keine ist sind war wird werden \
         wurde wurden kann können soll sollte muss müssen darf hat haben mit von vom für auf zu zum zur im in am an aus bei \
         beim nach über unter durch ohne um als wenn dass wie was wer wo wann warum welche welcher welches ich mich mir sie er \
         es wir man sich sein seine ihr ihre ihren mein meine mein meinen diese dieser dieses diesem auch nur noch so gibt",
    ),
    (
        "fr",
        "le la les un une des du de d l et ou mais ne pas est sont était sera être peut peuvent doit doivent faut a ont avoir \
         avec sans pour par sur sous dans en au aux entre vers chez ce cet cette ces qui que qu quoi quel quelle quels quelles \
         dont où comment pourquoi quand combien je tu il elle on nous vous ils elles se son sa ses leur leurs mon ma mes votre \
         vos plus si c s n j",
    ),
    (
        "es",
        "el la los las un una unos unas de del al y o pero no es son era ser está están estar puede pueden debe deben hay ha han \
         con sin para por en sobre entre desde hasta a que qué quien cual cuál cuáles como cómo cuando cuándo donde dónde porque \
         este esta estos estas ese esa eso se su sus lo le les mi mis tu tus yo nos más muy si también cuanto",
    ),
    (
        "pt",
        "o a os as um uma uns umas de do da dos das no na nos nas ao aos à às e ou mas não é são era ser está estão estar pode \
         podem deve devem há tem têm com sem para por pelo pela pelos pelas em sobre entre desde até que quem qual quais como \
         quando onde porque este esta isto esse essa isso se seu sua seus suas meu minha eu você nós mais muito também",
    ),
    (
        "it",
        "il lo la i gli le un uno una di del dello della dei degli delle a al allo alla ai agli alle da dal dalla dai in nel nella \
         nei nelle su sul sulla con per tra fra e ed o ma non è sono era essere può possono deve devono ha hanno che chi cosa \
         quale quali come quando dove perché questo questa questi queste si suo sua suoi mio mia io più anche se ci l un",
    ),
    (
        "nl",
        "de het een en of maar niet geen is zijn was werd worden wordt kan kunnen moet moeten mag heeft hebben met van voor op aan \
         in uit bij naar over onder door zonder om als dat die dit deze wat wie waar wanneer waarom hoe welke ik je u hij zij ze \
         we wij men zich uw mijn er ook nog dan te tot",
    ),
    (
        "da",
        "den det de en et og eller men ikke er var blev bliver kan skal vil må har havde med af fra for på til i ved om over under \
         uden efter som der at hvad hvem hvor hvornår hvorfor hvordan hvilken hvilke jeg mig du han hun vi man sig sin sit dens \
         deres denne dette disse også kun hvis når",
    ),
    (
        "no",
        "den det de en et ei og eller men ikke er var ble blir kan skal vil må har hadde med av fra for på til i ved om over under \
         uten etter som der at å hva hvem hvor når hvorfor hvordan hvilken hvilke jeg meg du han hun vi man seg sin sitt dens \
         deres denne dette disse også bare hvis",
    ),
    (
        "sv",
        "den det de en ett och eller men inte är var blev blir kan ska skall vill måste har hade med av från för på till i vid om \
         över under utan efter som där att vad vem var när varför hur vilken vilka jag mig du han hon vi man sig sin sitt dess \
         deras denna detta dessa också bara",
    ),
    (
        "fi",
        "ja tai mutta ei en et emme ole on ovat oli olla voi voivat pitää täytyy että jos kun kuin joka jotka jonka mikä mitä mitkä \
         missä mistä mihin miten miksi milloin kuka minä sinä hän me te he se ne tämä tämän nämä tuo niiden sen sitä siitä tätä myös \
         vain sekä kanssa ilman",
    ),
    (
        "hu",
        "a az egy és vagy de nem is van vannak volt lesz lehet kell kellene hogy ha mint amely amelyek aki ami mi ki hol mikor miért \
         hogyan milyen melyik én te ő mi ti ők ez ezt ezek azt azok ezen csak még már meg el be fel le ki között után előtt szerint \
         nélkül számára",
    ),
    (
        "ro",
        "un o unui unei al a ai ale de din la în pe cu fără pentru prin între sau și dar nu este sunt era fi poate pot trebuie are au \
         am că să dacă când unde cum ce cine care cât de acest această aceste acești acel acea se își lui ei lor meu mea eu noi mai \
         foarte doar",
    ),
    (
        "tr",
        "ve veya ile ama için bir bu şu o da de mi mı mu mü ne nasıl neden niçin nerede hangi kim kaç değil var yok olan olarak \
         olduğu gibi kadar daha çok en her ben sen biz siz onlar bunu bunun şey ise ki eğer sonra önce göre ya hem",
    ),
    (
        "el",
        "ο η το οι τα του της των τον την τους τις ένα ένας μια μία και ή αλλά δεν μην είναι ήταν θα να που πως πώς τι ποιος ποια \
         ποιο πού πότε γιατί όταν αν σε στο στη στην στον στα στις με από για προς κατά μετά χωρίς αυτό αυτή αυτός αυτά εγώ εμείς \
         εσείς μου σου μας σας έχει έχουν μπορεί πρέπει ως",
    ),
    (
        "ru",
        "и в во не что он на я с со как а то все она так его но да ты к у же вы за бы по ее её мне от меня о из ему для это этот эта \
         эти этого этой при или если когда где почему какой какая какие какое кто чем быть был была было были есть нет мы они их \
         можно нужно надо чтобы ли до под над без между также только который которая которые",
    ),
    (
        "ar",
        "في من على إلى عن مع هذا هذه ذلك تلك التي الذي الذين و أو ثم لا لم لن ما ماذا كيف متى أين لماذا هل أن إن كان كانت يكون تكون \
         قد كل بعض بين بعد قبل عند حتى إذا هو هي هم أنا نحن أنت له لها به بها",
    ),
    (
        "ta",
        "மற்றும் அல்லது ஒரு இந்த அந்த என்ன எப்படி எங்கே எப்போது ஏன் எந்த யார் உள்ள இல்லை என்று என ஆனால் இது அது நான் நீங்கள் அவர் \
         இருந்து மூலம் போது பிறகு முன் வேண்டும்",
    ),
    // As pairs of signs.
    (
        "zh",
        "如何 怎么 怎样 什么 哪些 哪个 哪里 可以 能否 是否 一个 我们 你们 他们 这个 那个 这些 那些 以及 或者 但是 因为 所以 如果 么样 为什",
    ),
    (
        "ko",
        "하는 하기 하려 려면 어떻 떻게 무엇 언제 어디 합니 습니 니까 니다 있는 있습 없는 에서 으로 까지 부터 에게 그리 리고 또는 하지 지만 를 을          이 가 은 는 의 에 와 과 도 로",
    ),
];

/// Languages, as the places that they have in [`WORDS`].
type Places = u32;

static PLACES: LazyLock<HashMap<&'static str, Places, RandomState>> = LazyLock::new(|| {
    let mut places: HashMap<_, Places, _> = HashMap::default();
    for (place, (_, words)) in WORDS.iter().enumerate() {
        for word in words.split_ascii_whitespace() {
            *places.entry(word).or_default() |= 1 << place;
        }
    }
    places
});

/// How many of its words a text has of each language.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Tally([usize; WORDS.len()]);

/// The language that most of such words are of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Most {
    pub(super) language: Language,
    pub(super) words: usize,
    /// Those of the next one.
    pub(super) next: usize,
}

impl Tally {
    /// Counts a word in small letters.
    pub(super) fn add(&mut self, word: &str) {
        let mut places = PLACES.get(word).copied().unwrap_or_default();
        while places != 0 {
            self.0[places.trailing_zeros() as usize] += 1;
            places &= places - 1;
        }
    }

    /// `None`: no language has any, or two have as many.
    pub(super) fn most(&self) -> Option<Most> {
        let (place, words) = (0usize..).zip(self.0).max_by_key(|(_, words)| *words)?;
        let others = (0usize..).zip(self.0).filter(|(other, _)| *other != place);
        let next = others.map(|(_, words)| words).max().unwrap_or_default();
        let language = Language::of_tag(WORDS.get(place)?.0)?;
        (words > next).then_some(Most {
            language,
            words,
            next,
        })
    }

    /// How many words of a language there were; `None`: it has no list.
    pub(super) fn of(&self, language: Language) -> Option<usize> {
        let place = place(language)?;
        self.0.get(place).copied()
    }
}

impl Language {
    /// Whether a word, in small letters, says nothing of what a sentence of this language is about.
    pub(crate) fn has_function_word(self, word: &str) -> bool {
        let places = PLACES.get(word).copied().unwrap_or_default();
        place(self).is_some_and(|place| places >> place & 1 != 0)
    }
}

fn place(language: Language) -> Option<usize> {
    WORDS.iter().position(|(code, _)| *code == language.code())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config;

    #[test]
    fn every_stemmed_language_has_its_words() {
        for (name, language) in config::Language::NAMES {
            assert!(place(language.into()).is_some(), "{name}");
        }
        assert!(WORDS.len() <= Places::BITS as usize);
        for (code, words) in WORDS {
            assert!(Language::of_tag(code).is_some(), "{code}");
            assert_eq!(*words, words.to_lowercase(), "{code}");
        }
    }

    #[test]
    fn a_sentence_is_told_by_its_small_words() {
        let told = |text: &str| {
            let mut tally = Tally::default();
            for word in text.to_lowercase().split_whitespace() {
                tally.add(word);
            }
            tally.most().map(|most| most.language.code())
        };
        for (text, expected) in [
            ("How do I connect to the server", "en"),
            ("Wie verbinde ich mich mit dem Server", "de"),
            ("Comment configurer le réseau dans une machine", "fr"),
            ("Cómo se instala un paquete en el sistema", "es"),
            ("Como se instala um pacote no sistema e não falhar", "pt"),
            ("Come si installa un pacchetto nel sistema", "it"),
            ("Hoe installeer ik een pakket op het systeem", "nl"),
            ("Как настроить сеть и что для этого нужно", "ru"),
            ("Paket nasıl kurulur ve bu ne için gerekli", "tr"),
            ("Miten paketti asennetaan ja mitä se on", "fi"),
            ("Hogyan kell egy csomagot telepíteni és az mi", "hu"),
            ("Hur installerar jag ett paket och vad är det", "sv"),
        ] {
            assert_eq!(told(text), Some(expected), "{text}");
        }
        assert_eq!(told("pg_hba.conf entry"), None);
    }
}
