//! Ventana as its users and Meta see it, on the embedded world. One program: linking forty would take longer than
//! running them.

mod access;
mod architecture;
mod bad_input;
mod campaigns;
mod conditions;
mod configuration;
mod correlation;
mod demo;
mod events_out;
mod every_fixture;
mod failed_entries;
mod identity;
mod inbox;
mod kill_points;
mod main_loop;
mod media;
mod metrics;
mod misbehaviour;
mod monitoring;
mod numbers;
mod outages;
mod permissions;
mod privacy;
mod process;
mod realtime;
mod records;
mod reports;
mod results;
mod samples;
mod schedules;
mod secrets;
mod sending;
mod templates;
