use super::*;

const NOW: Timestamp = Timestamp::constant(1_795_392_000, 0);
const LATER: Timestamp = Timestamp::constant(1_795_395_600, 0);

fn states() -> Vec<State> {
    vec![
        State::Draft,
        State::Scheduled { at: LATER },
        State::Running,
        State::Waiting { limit: Waits::Tier, until: LATER },
        State::Paused { by: PausedBy::Guard(Guard::TemplatePaused), since: NOW },
        State::Finished { at: NOW },
        State::Cancelled { by: "ana".to_owned(), at: NOW },
    ]
}

fn actions() -> Vec<Action> {
    vec![
        Action::Edit,
        Action::Schedule { at: LATER },
        Action::Unschedule,
        Action::Start,
        Action::Wait { limit: Waits::Tier, until: LATER },
        Action::Wake,
        Action::Pause { by: PausedBy::Person("ana".to_owned()) },
        Action::Resume,
        Action::Finish,
        Action::Cancel { by: "ana".to_owned() },
        Action::Delete,
    ]
}

fn word(result: &Result<State, Refused>) -> String {
    match result {
        Ok(state) => state.as_str().to_owned(),
        Err(refused) => format!("{refused:?}"),
    }
}

#[test]
fn every_action_in_every_state_has_its_answer() {
    #[rustfmt::skip]
    let table = [
        // edit, schedule, unschedule, start, wait, wake, pause, resume, finish, cancel, delete
        ["draft", "scheduled", "NotScheduled", "running", "NotStarted", "NotStarted", "NotStarted", "NotStarted", "NotStarted", "cancelled", "draft"],
        ["scheduled", "scheduled", "draft", "running", "NotStarted", "NotStarted", "NotStarted", "NotStarted", "NotStarted", "cancelled", "scheduled"],
        ["Frozen", "AlreadyStarted", "AlreadyStarted", "AlreadyStarted", "waiting", "running", "paused", "NotPaused", "finished", "cancelled", "Frozen"],
        ["Frozen", "AlreadyStarted", "AlreadyStarted", "AlreadyStarted", "waiting", "running", "paused", "NotPaused", "finished", "cancelled", "Frozen"],
        ["Frozen", "AlreadyStarted", "AlreadyStarted", "AlreadyStarted", "Paused", "Paused", "paused", "running", "Paused", "cancelled", "Frozen"],
        ["Over", "Over", "Over", "Over", "Over", "Over", "Over", "Over", "finished", "Over", "finished"],
        ["Over", "Over", "Over", "Over", "Over", "Over", "Over", "Over", "Over", "cancelled", "cancelled"],
    ];
    for (state, row) in states().iter().zip(table) {
        for (action, expected) in actions().iter().zip(row) {
            assert_eq!(word(&apply(state, action, NOW)), expected, "{state:?} {action:?}");
        }
    }
}

#[test]
fn a_repeated_step_changes_nothing() {
    let steps = actions().into_iter().filter(|action| *action != Action::Start);
    for (state, action) in states().iter().flat_map(|state| steps.clone().map(move |action| (state, action)))
    {
        let Ok(once) = apply(state, &action, NOW) else { continue };
        match apply(&once, &action, LATER) {
            Ok(twice) => assert_eq!(once, twice, "{state:?} {action:?}"),
            // What has been done cannot be done again, and says so.
            Err(refused) => assert!(matches!(refused, Refused::NotScheduled | Refused::NotPaused)),
        }
    }
}

#[test]
fn a_campaign_waits_for_the_latest_of_its_limits() {
    let tier = Action::Wait { limit: Waits::Tier, until: LATER };
    let sooner = Action::Wait { limit: Waits::Throughput, until: NOW + jiff::SignedDuration::from_secs(60) };
    let one = apply(&apply(&State::Running, &tier, NOW).unwrap(), &sooner, NOW).unwrap();
    let other = apply(&apply(&State::Running, &sooner, NOW).unwrap(), &tier, NOW).unwrap();
    assert_eq!((&one, &one), (&other, &State::Waiting { limit: Waits::Tier, until: LATER }));
}

#[test]
fn what_a_person_paused_is_not_taken_over_by_a_guard() {
    let person = PausedBy::Person("ana".to_owned());
    let paused = apply(&State::Running, &Action::Pause { by: person.clone() }, NOW).unwrap();
    let guarded = Action::Pause { by: PausedBy::Guard(Guard::QualityRed) };
    assert_eq!(apply(&paused, &guarded, LATER), Ok(paused.clone()));
    let by_guard = apply(&State::Running, &guarded, NOW).unwrap();
    let by_person = apply(&by_guard, &Action::Pause { by: person }, NOW).unwrap();
    assert_eq!(by_person, paused);
}

#[test]
fn a_state_reads_as_it_was_written() {
    for state in states() {
        let json = serde_json::to_value(&state).unwrap();
        assert_eq!(json["state"], state.as_str());
        assert_eq!(serde_json::from_value::<State>(json).unwrap(), state);
    }
}
