//! How much of a text is written in which script, and the languages that a script tells.

use super::code::Language;

/// Letters of each kind; of those that are none, nothing.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Letters {
    pub(super) latin: usize,
    han: usize,
    kana: usize,
    hangul: usize,
    cyrillic: usize,
    arabic: usize,
    /// Of scripts that mostly one language is written in, by their places in [`OWN`].
    own: [usize; OWN.len()],
    /// Letters that tell apart what is written in one script.
    marks: Marks,
}

/// Letters of Cyrillic and Arabic that not all languages have.
#[derive(Debug, Clone, Copy, Default)]
struct Marks {
    /// `ы`, `э`.
    russian: usize,
    /// `ї`, `є`, `ґ`.
    ukrainian: usize,
    /// `ў`.
    belarusian: usize,
    /// `ј`, `љ`, `њ`, `џ`.
    serbian: usize,
    /// `ѓ`, `ќ`, `ѕ`.
    macedonian: usize,
    /// `ъ`.
    hard: usize,
    /// `پ`, `چ`, `ژ`, `گ`, and the forms of kaf and ye.
    persian: usize,
    /// `ٹ`, `ڈ`, `ڑ`, `ے`, `ں`.
    urdu: usize,
}

/// First and last letter of a script, and the language that is mostly written in it.
const OWN: [(char, char, &str); 20] = [
    ('\u{0370}', '\u{03FF}', "el"),
    ('\u{0530}', '\u{058F}', "hy"),
    ('\u{0590}', '\u{05FF}', "he"),
    ('\u{0900}', '\u{097F}', "hi"),
    ('\u{0980}', '\u{09FF}', "bn"),
    ('\u{0A00}', '\u{0A7F}', "pa"),
    ('\u{0A80}', '\u{0AFF}', "gu"),
    ('\u{0B80}', '\u{0BFF}', "ta"),
    ('\u{0C00}', '\u{0C7F}', "te"),
    ('\u{0C80}', '\u{0CFF}', "kn"),
    ('\u{0D00}', '\u{0D7F}', "ml"),
    ('\u{0D80}', '\u{0DFF}', "si"),
    ('\u{0E00}', '\u{0E7F}', "th"),
    ('\u{0E80}', '\u{0EFF}', "lo"),
    ('\u{0F00}', '\u{0FFF}', "bo"),
    ('\u{1000}', '\u{109F}', "my"),
    ('\u{10A0}', '\u{10FF}', "ka"),
    ('\u{1200}', '\u{139F}', "am"),
    ('\u{1780}', '\u{17FF}', "km"),
    ('\u{1F00}', '\u{1FFF}', "el"),
];

/// A sign of Chinese or Japanese says as much as some letters do.
const HAN_WORTH: usize = 3;

impl Letters {
    pub(super) fn add(&mut self, word: &str) {
        if word.is_ascii() {
            self.latin += word.bytes().filter(u8::is_ascii_alphabetic).count();
            return;
        }
        for letter in word.chars() {
            self.add_letter(letter);
        }
    }

    fn add_letter(&mut self, letter: char) {
        match letter {
            'a'..='z' | 'A'..='Z' | '\u{00C0}'..='\u{024F}' | '\u{1E00}'..='\u{1EFF}' => {
                self.latin += 1;
            }
            '\u{3040}'..='\u{30FF}' | '\u{31F0}'..='\u{31FF}' | '\u{FF66}'..='\u{FF9F}' => {
                self.kana += 1;
            }
            '\u{3400}'..='\u{4DBF}'
            | '\u{4E00}'..='\u{9FFF}'
            | '\u{F900}'..='\u{FAFF}'
            | '\u{20000}'..='\u{3FFFF}' => self.han += 1,
            '\u{AC00}'..='\u{D7AF}' | '\u{1100}'..='\u{11FF}' | '\u{3130}'..='\u{318F}' => {
                self.hangul += 1;
            }
            '\u{0400}'..='\u{052F}' => self.add_cyrillic(letter),
            '\u{0600}'..='\u{06FF}' | '\u{0750}'..='\u{077F}' => self.add_arabic(letter),
            _ => {
                let place = OWN
                    .iter()
                    .position(|(first, last, _)| (*first..=*last).contains(&letter));
                if let Some(place) = place.filter(|_| letter.is_alphabetic()) {
                    self.own[place] += 1;
                }
            }
        }
    }

    fn add_cyrillic(&mut self, letter: char) {
        self.cyrillic += 1;
        let marks = &mut self.marks;
        let mark = match letter {
            'ы' | 'Ы' | 'э' | 'Э' => &mut marks.russian,
            'ї' | 'Ї' | 'є' | 'Є' | 'ґ' | 'Ґ' => &mut marks.ukrainian,
            'ў' | 'Ў' => &mut marks.belarusian,
            'ј' | 'Ј' | 'љ' | 'Љ' | 'њ' | 'Њ' | 'џ' | 'Џ' => &mut marks.serbian,
            'ѓ' | 'Ѓ' | 'ќ' | 'Ќ' | 'ѕ' | 'Ѕ' => &mut marks.macedonian,
            'ъ' | 'Ъ' => &mut marks.hard,
            _ => return,
        };
        *mark += 1;
    }

    fn add_arabic(&mut self, letter: char) {
        self.arabic += 1;
        match letter {
            'پ' | 'چ' | 'ژ' | 'گ' | 'ک' | 'ی' => self.marks.persian += 1,
            'ٹ' | 'ڈ' | 'ڑ' | 'ے' | 'ں' => self.marks.urdu += 1,
            _ => {}
        }
    }

    /// As many as letters of Latin would say as much.
    pub(super) fn all(&self) -> usize {
        self.latin + self.others()
    }

    /// Whether most of it is in Latin letters.
    pub(super) fn is_latin(&self) -> bool {
        self.latin > self.others()
    }

    /// Whether so much of a question is in other letters that its Latin ones can only be names.
    pub(super) fn is_foreign(&self) -> bool {
        self.others() >= 3 && 4 * self.others() >= self.latin
    }

    fn others(&self) -> usize {
        let signs = self.han + self.kana + self.hangul;
        HAN_WORTH * signs + self.cyrillic + self.arabic + self.own.iter().sum::<usize>()
    }

    /// What the letters that are not Latin tell, most certainly.
    pub(super) fn language(&self) -> Option<Language> {
        let signs = self.han + self.kana + self.hangul;
        let (place, own) = (0..)
            .zip(self.own)
            .max_by_key(|(_, count)| *count)
            .unwrap_or_default();
        let most = signs.max(self.cyrillic).max(self.arabic).max(own);
        let code = if most == 0 {
            return None;
        } else if most == signs {
            self.east_asian()
        } else if most == self.cyrillic {
            self.cyrillic()?
        } else if most == self.arabic {
            match self.marks {
                Marks { urdu, .. } if 30 * urdu >= self.arabic => "ur",
                Marks { persian, .. } if 30 * persian >= self.arabic => "fa",
                _ => "ar",
            }
        } else {
            OWN.get::<usize>(place)?.2
        };
        Language::of_tag(code)
    }

    /// Japanese is never without kana for long, and Korean has few Chinese signs.
    fn east_asian(&self) -> &'static str {
        if self.hangul > self.han + self.kana {
            "ko"
        } else if 20 * self.kana > self.han {
            "ja"
        } else {
            "zh"
        }
    }

    /// `None`: the letters are those of several.
    fn cyrillic(&self) -> Option<&'static str> {
        let marks = &self.marks;
        Some(if marks.serbian > 0 {
            if marks.macedonian > 0 { "mk" } else { "sr" }
        } else if marks.belarusian > 0 {
            "be"
        } else if marks.ukrainian > marks.russian {
            "uk"
        } else if marks.russian > 0 {
            "ru"
        } else if marks.hard > 0 && 100 * marks.hard >= self.cyrillic {
            "bg"
        } else {
            return None;
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(text: &str) -> Option<&'static str> {
        let mut letters = Letters::default();
        letters.add(text);
        letters.language().map(Language::code)
    }

    #[test]
    fn scripts_tell_their_languages() {
        for (text, expected) in [
            ("データベースの接続を設定する", Some("ja")),
            ("設定數據庫連接", Some("zh")),
            ("데이터베이스 연결 설정", Some("ko")),
            ("настройка подключения к базе данных, чтобы", Some("ru")),
            ("налаштування з'єднання її", Some("uk")),
            ("настройване на връзка към база", Some("bg")),
            ("подешавање везе са базом, њих", Some("sr")),
            ("ρύθμιση σύνδεσης", Some("el")),
            ("การตั้งค่าการเชื่อมต่อ", Some("th")),
            ("إعداد الاتصال بقاعدة البيانات", Some("ar")),
            ("پیکربندی اتصال پایگاه داده", Some("fa")),
            ("הגדרת חיבור למסד נתונים", Some("he")),
            ("தரவுத்தள இணைப்பு", Some("ta")),
            ("ការកំណត់ការតភ្ជាប់", Some("km")),
            ("plain", None),
            ("", None),
        ] {
            assert_eq!(told(text), expected, "{text}");
        }
    }
}
