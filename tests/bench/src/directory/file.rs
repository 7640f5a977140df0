//! The file that is imported: the same people in every run.

use std::fmt::Write as _;

use crate::people::{Dice, phone};

pub(crate) const FIRST: [&str; 40] = [
    "Ana", "Luis", "María", "José", "Lucía", "Jorge", "Carmen", "Pedro", "Sofía", "Andrés", "Elena", "Raúl",
    "Marta", "Iván", "Julia", "Óscar", "Paula", "Diego", "Rosa", "Hugo", "Inés", "Pablo", "Clara", "Tomás",
    "Nora", "Emilio", "Irene", "Mateo", "Laura", "Bruno", "Alice", "Ben", "Chloe", "Daniel", "Ella", "Frank",
    "Grace", "Henry", "Isabel", "Jack",
];
pub(crate) const LAST: [&str; 50] = [
    "García",
    "Muñoz",
    "Rodríguez",
    "Núñez",
    "Fernández",
    "Ibáñez",
    "Pérez",
    "Peña",
    "Gómez",
    "Ruiz",
    "Díaz",
    "Álvarez",
    "Torres",
    "Navarro",
    "Vega",
    "Castro",
    "Ortega",
    "Rubio",
    "Molina",
    "Morales",
    "Suárez",
    "Blanco",
    "Romero",
    "Gil",
    "Serrano",
    "Ramos",
    "Vidal",
    "Cruz",
    "Reyes",
    "Flores",
    "Campos",
    "Soto",
    "Marín",
    "Prieto",
    "Cabrera",
    "León",
    "Fuentes",
    "Rojas",
    "Salas",
    "Bravo",
    "Smith",
    "Jones",
    "Taylor",
    "Brown",
    "Wilson",
    "Evans",
    "Walker",
    "Wright",
    "Hall",
    "Green",
];
/// Labels and how many of a hundred have them.
pub(crate) const LABELS: [(&str, usize); 4] = [("newsletter", 60), ("fair", 30), ("vip", 9), ("press", 1)];

/// Lines `from..to` as CSV with a head: a phone, a name, one label, consent.
pub(crate) fn csv(from: usize, to: usize) -> String {
    let mut text = String::from("phone,name,label,consent\n");
    for n in from..to {
        let mut dice = Dice::of(n);
        let (first, last) = (FIRST[dice.roll(FIRST.len())], LAST[dice.roll(LAST.len())]);
        let label = label(dice.roll(100));
        let _ = writeln!(text, "+{},{first} {last},{label},yes", phone(n));
    }
    text
}

/// The label of whoever rolled this.
fn label(mut rolled: usize) -> &'static str {
    for (label, share) in LABELS {
        if rolled < share {
            return label;
        }
        rolled -= share;
    }
    LABELS[0].0
}
