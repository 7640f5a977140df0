//! In which language a template goes to a person.

use cloud_api::language::Language;

/// Chooses among the languages that a template has: the person's own; the same language without a region; the default,
/// if it is the same language; the same language of another region; the default. `None` if the template has none of
/// these: Meta sends no other language than the one that is asked for.
#[must_use]
pub fn choose<'a>(
    available: &'a [Language],
    of_person: Option<&Language>,
    default: &Language,
) -> Option<&'a Language> {
    let exact = |wanted: &Language| available.iter().find(|language| *language == wanted);
    let by_default = || exact(default);
    let Some(own) = of_person else { return by_default() };
    let same_base = |language: &&Language| base(language) == base(own);
    exact(own)
        .or_else(|| exact(&Language::new(base(own))))
        .or_else(|| by_default().filter(same_base))
        .or_else(|| available.iter().filter(same_base).min())
        .or_else(by_default)
}

/// The language without its region.
fn base(language: &Language) -> &str {
    language.as_str().split('_').next().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_person_reads_their_language_or_the_nearest_one() {
        let of = |codes: &[&str]| codes.iter().map(|code| Language::new(code)).collect::<Vec<_>>();
        let available = of(&["en_US", "es_MX", "es_AR", "pt"]);
        let default = Language::new("en_US");
        for (own, chosen) in [
            ("es_MX", "es_MX"),
            ("es-AR", "es_AR"),
            ("es", "es_AR"),
            ("es_PE", "es_AR"),
            ("pt_BR", "pt"),
            ("en_GB", "en_US"),
            ("fr", "en_US"),
        ] {
            assert_eq!(choose(&available, Some(&Language::new(own)), &default).unwrap().as_str(), chosen);
        }
        assert_eq!(choose(&available, None, &default), Some(&default));
        let preferred = Language::new("es_MX");
        assert_eq!(choose(&available, Some(&Language::new("es")), &preferred), Some(&preferred));
        assert_eq!(choose(&available, Some(&Language::new("fr")), &Language::new("de")), None);
    }
}
