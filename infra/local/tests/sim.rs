//! The simulated Meta, seen from outside: over HTTP, on a clock that stands still.

#[cfg(test)]
#[path = "sim/faults.rs"]
mod faults;
#[cfg(test)]
#[path = "sim/graph.rs"]
mod graph;
#[cfg(test)]
#[path = "sim/loops.rs"]
mod loops;
#[cfg(test)]
#[path = "sim/rules.rs"]
mod rules;
#[cfg(test)]
#[path = "sim/world.rs"]
mod world;
