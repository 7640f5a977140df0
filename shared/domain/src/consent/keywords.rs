//! Words and buttons by which people say yes or no.

use std::collections::BTreeMap;

use super::{Choice, Purpose};

/// Where a word must stand in a message.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Matching {
    /// The message is the word, and nothing else: "Alto" opts out, "Soy alto" does not.
    #[default]
    Message,
    /// The word stands anywhere in the message, whole.
    Word,
}

/// The words of one language.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Words {
    /// Words that mean no.
    pub opt_out: Vec<String>,
    /// Words that mean yes.
    pub opt_in: Vec<String>,
}

/// Every way to choose that a company understands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Keywords {
    /// Words by language.
    pub languages: BTreeMap<String, Words>,
    /// Payloads and ids of buttons.
    pub buttons: Words,
    /// Where a word must stand.
    pub matching: Matching,
    /// What a no is about; `None` is everything. A yes is about the same, and at least marketing.
    pub purpose: Option<Purpose>,
}

/// What a message chose.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Choices {
    /// Yes or no.
    pub choice: Choice,
    /// What it is about; `None` is everything.
    pub purpose: Option<Purpose>,
}

impl Default for Keywords {
    /// What people write where nobody set anything: marketing ends, orders and codes go on. A yes has only words
    /// that nobody writes for another reason.
    fn default() -> Self {
        let words = |opt_out: &[&str], opt_in: &[&str]| Words {
            opt_out: opt_out.iter().map(|word| (*word).to_owned()).collect(),
            opt_in: opt_in.iter().map(|word| (*word).to_owned()).collect(),
        };
        let languages = [
            ("en", words(&["stop", "unsubscribe", "opt out", "stop promotions"], &["subscribe"])),
            ("es", words(&["baja", "alto", "salir", "parar", "darme de baja"], &["alta", "suscribirme"])),
            ("pt", words(&["sair", "parar", "cancelar inscrição", "descadastrar"], &["inscrever"])),
            ("fr", words(&["arrêt", "désabonner", "désinscription"], &["abonner"])),
            ("de", words(&["stopp", "abmelden", "abbestellen"], &["anmelden"])),
        ];
        Self {
            languages: languages.map(|(language, words)| (language.to_owned(), words)).into(),
            buttons: words(&["OPT_OUT", "STOP"], &["OPT_IN"]),
            matching: Matching::Message,
            purpose: Some(Purpose::Marketing),
        }
    }
}

impl Keywords {
    /// What a text says. A no counts before a yes.
    #[must_use]
    pub fn in_text(&self, text: &str) -> Option<Choices> {
        let said = fold(text);
        let fits = |word: &String| {
            let word = fold(word);
            !word.is_empty()
                && match self.matching {
                    Matching::Message => said == word,
                    Matching::Word => format!(" {said} ").contains(&format!(" {word} ")),
                }
        };
        let any = |words: fn(&Words) -> &Vec<String>| {
            self.languages.values().any(|language| words(language).iter().any(fits))
        };
        self.chosen(any(|words| &words.opt_out), any(|words| &words.opt_in))
    }

    /// What a button says, by what we put behind it.
    #[must_use]
    pub fn on_button(&self, payload: &str) -> Option<Choices> {
        let fits = |words: &[String]| words.iter().any(|known| known == payload);
        self.chosen(fits(&self.buttons.opt_out), fits(&self.buttons.opt_in))
    }

    fn chosen(&self, no: bool, yes: bool) -> Option<Choices> {
        let choice = if no { Choice::OptOut } else { Choice::OptIn };
        (no || yes).then_some(Choices { choice, purpose: self.purpose })
    }
}

/// A text as words are compared: lower case, without accents, signs and doubled spaces.
fn fold(text: &str) -> String {
    let letters = text.chars().flat_map(char::to_lowercase).filter_map(|c| match c {
        // Accents that stand by themselves.
        '\u{300}'..='\u{36f}' => None,
        c if c.is_alphanumeric() => Some(unaccented(c)),
        _ => Some(' '),
    });
    letters.collect::<String>().split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Latin letters without their accents, as far as the languages of the Americas and of Western Europe have them.
fn unaccented(c: char) -> char {
    match c {
        'á' | 'à' | 'â' | 'ä' | 'ã' | 'å' | 'ā' => 'a',
        'é' | 'è' | 'ê' | 'ë' | 'ē' => 'e',
        'í' | 'ì' | 'î' | 'ï' | 'ī' => 'i',
        'ó' | 'ò' | 'ô' | 'ö' | 'õ' | 'ō' => 'o',
        'ú' | 'ù' | 'û' | 'ü' | 'ū' => 'u',
        'ñ' => 'n',
        'ç' => 'c',
        'ý' | 'ÿ' => 'y',
        c => c,
    }
}
