//! The team of the demo company: whoever tries the program out may be any of them.

use crate::tokens::Role;

/// Somebody of the team.
#[derive(Clone, Copy, Debug)]
pub struct Person {
    /// What chooses them: `login_hint`.
    pub name: &'static str,
    /// Their id among the agents.
    pub id: &'static str,
    /// What others call them.
    pub full_name: &'static str,
    /// What they may do.
    pub role: Role,
    /// The department that they work in; the whole company if none.
    pub department: Option<&'static str>,
}

const fn person(
    (name, id): (&'static str, &'static str),
    full_name: &'static str,
    role: Role,
    department: Option<&'static str>,
) -> Person {
    Person { name, id, full_name, role, department }
}

/// Everybody. The first of a role is also chosen by the role's word.
pub const TEAM: [Person; 6] = [
    person(("carmen", "demo-carmen"), "Carmen Ávila", Role::Admin, None),
    person(("mariela", "demo-mariela"), "Mariela Rondón", Role::Supervisor, None),
    person(("joseluis", "demo-joseluis"), "José Luis Uzcátegui", Role::Agent, Some("ventas")),
    person(("camila", "demo-camila"), "Camila Restrepo", Role::Agent, Some("ventas")),
    person(("wilmer", "demo-wilmer"), "Wilmer Rojas", Role::Agent, Some("servicio")),
    person(("grace", "demo-grace"), "Grace Whitfield", Role::Agent, Some("export")),
];

/// The person of a name, or the first of a role.
#[must_use]
pub fn find(hint: &str) -> Option<&'static Person> {
    let hint = hint.trim().to_lowercase();
    let named = TEAM.iter().find(|person| person.name == hint || person.id == hint);
    named.or_else(|| TEAM.iter().find(|person| person.role.to_string() == hint))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_chooses_somebody_and_a_role_the_first_who_has_it() {
        assert_eq!(find("Mariela").map(|it| it.id), Some("demo-mariela"));
        assert_eq!(find("agent").map(|it| it.id), Some("demo-joseluis"));
        assert_eq!(find("admin").map(|it| it.id), Some("demo-carmen"));
        assert!(find("nobody").is_none());
    }
}
