use proptest::prelude::*;

use super::*;

fn at(ms: i64) -> Timestamp {
    Timestamp::from_millisecond(1_795_392_000_000 + ms).unwrap()
}

fn ms(ms: i64) -> SignedDuration {
    SignedDuration::from_millis(ms)
}

fn campaign(messages: u32) -> Ask {
    Ask { purpose: Purpose::Campaign, messages, skew: SignedDuration::ZERO }
}

const AGENT: Ask = Ask { purpose: Purpose::Agent, messages: 1, skew: SignedDuration::ZERO };

fn granted(lease: &mut Lease, ask: Ask, now: Timestamp) -> Send {
    let Grant::Messages { send, lease: next } = lease.take(ask, now) else { panic!("nothing granted") };
    *lease = next;
    send
}

#[test]
fn a_block_is_a_quarter_of_a_second_and_its_messages_are_spread_over_it() {
    let mut lease = Lease::new(Level::Standard);
    let send = granted(&mut lease, campaign(100), at(0));
    assert_eq!((send.messages, send.from), (19, at(0)));
    assert_eq!(send.to.duration_since(at(0)), SignedDuration::from_micros(247_944));
    let due = send.due(10);
    assert_eq!(due.duration_since(at(0)).as_millis(), 130);
    assert!(!send.has_missed(10, due + ms(5)) && send.has_missed(10, due + ms(6)));
    assert_eq!(lease.take(campaign(100), at(3)), Grant::Wait { until: send.to - ms(150) });
    let next = granted(&mut lease, campaign(100), at(100));
    assert_eq!((next.from, next.messages), (send.to, 19));
    assert_eq!(granted(&mut lease, campaign(3), at(350)).messages, 3);
}

#[test]
fn a_worker_that_is_less_sure_of_its_clock_keeps_its_distance_from_others() {
    let mut lease = Lease::new(Level::Standard);
    let send = granted(&mut lease, Ask { skew: ms(50), ..campaign(100) }, at(0));
    assert_eq!((send.from, lease.tat.duration_since(send.to)), (at(45), ms(45)));
}

#[test]
fn a_number_that_stood_still_may_not_catch_up() {
    let mut lease = Lease::new(Level::Standard);
    granted(&mut lease, campaign(20), at(0));
    assert_eq!(granted(&mut lease, campaign(20), at(10_000)).from, at(10_000));
}

#[test]
fn the_level_is_told_by_meta_and_a_phone_with_the_app_is_slow() {
    assert_eq!(Level::of(Some("HIGH"), None).per_second(), 1_000);
    assert_eq!(Level::of(Some("STANDARD"), Some(false)).per_second(), 80);
    assert_eq!(Level::of(Some("HIGH"), Some(true)).per_second(), 20);
    assert_eq!(Level::of(None, None), Level::Standard);
    assert_eq!(Lease::new(Level::High).block_size(at(0)), 242);
    assert_eq!(Lease::new(Level::Coexistence).block_size(at(0)), 4);
}

#[test]
fn an_agent_s_message_jumps_the_queue_of_a_campaign_and_the_campaign_gives_way() {
    let mut lease = Lease::new(Level::Standard);
    granted(&mut lease, campaign(20), at(0));
    granted(&mut lease, campaign(20), at(100));
    let send = granted(&mut lease, AGENT, at(101));
    assert_eq!(send.from, at(451), "before the end of what is leased");
    assert_eq!(lease.tat.duration_since(at(495)).as_millis(), 13, "the next block begins a message later");
}

#[test]
fn agents_take_back_their_tenth_and_queue_for_more() {
    let mut lease = Lease::new(Level::Standard);
    granted(&mut lease, campaign(20), at(0));
    granted(&mut lease, campaign(20), at(100));
    let sends: Vec<_> = (0..5).map(|_| granted(&mut lease, AGENT, at(101)).from).collect();
    let jumped = sends.iter().filter(|from| **from < at(495)).count();
    assert_eq!(jumped, 2, "a quarter of a second's tenth");
}

#[test]
fn without_a_campaign_an_agent_s_message_goes_at_once() {
    let mut lease = Lease::new(Level::Standard);
    assert_eq!(granted(&mut lease, AGENT, at(0)).from, at(0));
    assert_eq!(granted(&mut lease, AGENT, at(100)).from, at(100));
}

#[test]
fn what_comes_in_is_taken_off_but_a_tenth_stays() {
    let mut lease = Lease::new(Level::Standard);
    lease.inbound = Inbound { rate: 20_000, at: at(0).as_millisecond() };
    assert_eq!(lease.rate(at(0)), 57_230);
    lease.inbound.rate = 200_000;
    assert_eq!(lease.rate(at(0)), 7_760);
}

#[test]
fn a_refusal_stops_everybody_for_a_second_and_slows_down_until_it_is_forgotten() {
    let mut lease = Lease::new(Level::Standard);
    granted(&mut lease, campaign(20), at(0));
    lease = lease.refused(at(100)).unwrap();
    assert_eq!((lease.tat > at(1_240), lease.rate(at(100))), (true, 68_870));
    assert_eq!(lease.refused(at(900)), None, "the same burst");
    assert_eq!(lease.rate(at(10_100)), 72_750);
    assert_eq!(lease.rate(at(20_100)), 76_630);
    for second in 2..60 {
        lease = lease.refused(at(second * 1_000)).unwrap();
    }
    assert!(lease.rate(at(60_000)) >= 37_830, "never below half");
}

#[test]
fn maintenance_stops_everybody_for_a_minute() {
    let mut lease = Lease::new(Level::High).in_maintenance(at(0)).unwrap();
    assert_eq!(lease.in_maintenance(at(10)), None);
    assert_eq!(lease.take(campaign(10), at(10)), Grant::Wait { until: at(59_850) });
    assert!(
        matches!(lease.take(AGENT, at(10)), Grant::Wait { until } if until.duration_since(at(10)) > LONGEST_WAIT)
    );
    assert_eq!(granted(&mut lease, campaign(10), at(60_000)).from, at(60_000));
}

proptest! {
    /// Whoever asks when, and for how many: with clocks that agree, no second holds more than the rate, and one more for
    /// where a second is cut; but for agents' jumps, of which there are a quarter of their tenth at once.
    #[test]
    fn no_second_holds_more_than_the_rate(
        asks in proptest::collection::vec((0_i64..300, 1_u32..60, any::<bool>()), 1..150),
    ) {
        let (mut lease, mut now) = (Lease::new(Level::Standard), 0);
        let (mut sent, mut agents) = (Vec::new(), 0);
        for (wait, messages, is_agent) in asks {
            now += wait;
            let ask = if is_agent { AGENT } else { campaign(messages) };
            let before = lease.tat;
            if let Grant::Messages { send, lease: next } = lease.take(ask, at(now)) {
                prop_assert!(send.from >= at(now) && send.messages <= messages.max(1));
                prop_assert!(next.tat > before && next.tat.duration_since(at(now)) <= ms(1_500));
                sent.extend((0..send.messages).map(|nth| send.due(nth)));
                agents += u32::from(is_agent);
                lease = next;
            }
        }
        sent.sort();
        for (first, from) in sent.iter().enumerate() {
            let within = sent[first..].iter().take_while(|at| at.duration_since(*from) < ms(1_000)).count();
            prop_assert!(within <= 81 + 10, "{within} in a second, {agents} of agents");
            if agents == 0 { prop_assert!(within <= 81, "{within} in a second"); }
        }
    }

    /// An agent's message leaves within half a second, whatever a campaign leased.
    #[test]
    fn an_agent_waits_at_most_half_a_second(steps in proptest::collection::vec((0_i64..400, 0_u8..8), 1..150)) {
        let (mut lease, mut now) = (Lease::new(Level::Standard), 0);
        for (wait, agent) in steps {
            now += wait;
            if agent == 0 {
                let send = granted(&mut lease, AGENT, at(now));
                prop_assert!(send.from.duration_since(at(now)) <= ms(500 + 13 * 3));
            }
            for _ in 0..3 {
                if let Grant::Messages { lease: next, .. } = lease.take(campaign(100), at(now)) {
                    lease = next;
                }
            }
        }
    }
}
