//! Names as they are searched: without accents, case, or signs between words.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// The longest word that is kept, in characters: more is never typed.
const LONGEST: usize = 24;
/// The most words of one name.
const MOST: usize = 8;

/// A text without accents and case: `José` and `jose` are the same.
#[must_use]
pub fn fold(text: &str) -> String {
    // Compatibility forms too: full-width letters are letters.
    text.nfkd().filter(|c| !is_combining_mark(*c)).flat_map(char::to_lowercase).collect()
}

/// The words of a name, folded, each once, in their order. Words of one character are left out where it is a Latin
/// letter: nobody searches for an initial; in other scripts one character may be a name.
#[must_use]
pub fn words(name: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    for word in fold(name).split(|c: char| !c.is_alphanumeric()) {
        let word: String = word.chars().take(LONGEST).collect();
        let is_long_enough = word.chars().count() >= 2 || !word.is_ascii();
        if !word.is_empty() && is_long_enough && !words.contains(&word) && words.len() < MOST {
            words.push(word);
        }
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accents_and_case_do_not_matter() {
        assert_eq!(fold("JOSÉ Ñandú Ｓtraße"), "jose nandu straße");
        assert_eq!(words("José María-Núñez  (VIP) josé"), ["jose", "maria", "nunez", "vip"]);
        assert_eq!(words("J. R. Ewing"), ["ewing"]);
        assert_eq!(words("王 小明"), ["王", "小明"]);
        assert!(words("🎉 - ' ").is_empty());
        assert_eq!(words(&"x".repeat(99))[0].len(), LONGEST);
    }
}
