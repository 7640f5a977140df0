//! One worker's turn at a chunk: slots taken, step by step through the members, the rest given back.

use domain::campaign::answer::Unreadable;
use domain::campaign::guard::Guard;
use domain::campaign::log::{BLOCK, side_by_side};
use domain::campaign::state::{Action, PausedBy, State, Waits, apply};
use domain::tier::{Begin, Block, Reservation, Returns, Run, Turn};
use jiff::{SignedDuration, Timestamp};
use lambda_kit::Failure;
use queue::{CampaignJob, CampaignTask, Entry};
use store::{Campaign, KeptRun, StoreError, StoredChunk};
use tracing::{info, warn};

use super::context::Context;
use super::own_pace::Allowed;
use super::pacer::Pacer;
use super::{BEGINS, Chunks, Place};
use crate::worker::failure;

/// How often a state is written again when others write it at the same time.
const ROUNDS: usize = 8;

/// When there is nothing that frees slots, somebody has to raise the limit: looked at again after this.
const NO_ROOM: SignedDuration = SignedDuration::from_hours(1);

/// How many workers there are, as the template has it.
const WORKERS: u64 = 20;

/// What a turn has found out so far.
#[derive(Debug, Default)]
pub(crate) struct Found {
    /// Slots that it knows to be unused.
    pub(crate) returns: Returns,
    /// Why everybody who follows would fail.
    pub(crate) stop: Option<Guard>,
    /// Codes that nobody knows.
    pub(crate) unreadable: Unreadable,
}

/// How a turn goes on after a step.
enum Step {
    /// With the next.
    Done,
    /// Not now: no time, or no throughput.
    Later(Timestamp),
    /// The chunk is somebody else's by now.
    Lost,
}

impl Chunks {
    pub(crate) async fn turn(
        &self,
        place: &Place,
        campaign: Campaign,
        stored: StoredChunk,
    ) -> Result<(), Failure> {
        let context = self.context(place, campaign, stored).await?;
        if let Some(guard) = context.stop {
            warn!(campaign.id = %place.campaign, ?guard, "A campaign pauses by itself");
            return self.act(place, &Action::Pause { by: PausedBy::Guard(guard) }).await;
        }
        let (pacer, mut found, mut free) = (Pacer::default(), Found::default(), 0);
        loop {
            let Some((mut run, reservation)) = self.begin(&context).await? else { return Ok(()) };
            let later = loop {
                match self.step(&context, &mut run, reservation, &pacer, &mut found).await? {
                    Some(Step::Done) if found.guard().is_none() => {}
                    Some(Step::Later(at)) => break Some(at),
                    Some(Step::Lost) => return Ok(()),
                    Some(Step::Done) | None => break None,
                }
            };
            let returns = std::mem::take(&mut found.returns);
            let Some(given_back) = self.finish(&context, run, &returns).await? else { return Ok(()) };
            free += given_back;
            if free >= BLOCK {
                self.wake(place).await?;
                free = 0;
            }
            // Whoever resumes a campaign that paused itself releases the rest.
            if found.guard().is_some() {
                return Ok(());
            }
            if run.started >= context.size() {
                self.settle_money(&context).await?;
                return self.through(place).await;
            }
            if later.is_some() || !self.has_time() {
                return self.hint_again(place, later.unwrap_or(self.sender.kit.clock.now())).await;
            }
        }
    }

    /// Takes slots, or those of a turn that ended in the middle. `None` when there is nothing to do now.
    async fn begin(&self, context: &Context) -> Result<Option<(Run, Reservation)>, Failure> {
        let (store, place) = (&self.sender.store, &context.place);
        let turn = domain::hash16(&lambda_kit::new_id(&self.sender.kit.clock));
        let turn = Turn(u64::from_str_radix(&turn, 16).unwrap_or_default());
        let slots = context.size().min(as_people(BLOCK))..=context.fair_share();
        for _ in 0..ROUNDS {
            let run = store.run(&place.campaign, place.chunk).await.map_err(failure)?;
            let ledger = store.tier_ledger(&context.portfolio, context.limit).await.map_err(failure)?;
            let now = self.sender.kit.clock.now();
            if let Allowed::NotBefore(due) = context.own_pace(run.started, now)
                && run.reservation.is_none()
                && run.started < context.size()
            {
                return self.hint_again(&context.place, due).await.map(|()| None);
            }
            let begin = run.begin(context.size(), slots.clone(), &ledger.ledger, turn, now);
            let change = match begin {
                Begin::Full { free_at } => return self.full(context, free_at, now).await.map(|()| None),
                // Who finished it may have died before the rest.
                Begin::Done => {
                    self.settle_money(context).await?;
                    return self.through(place).await.map(|()| None);
                }
                Begin::Go(change) => change,
                Begin::Stale(change) => {
                    self.pick_up(context, run).await?;
                    store.write_run(context.run(), &change, Some(&ledger), now).await.map_err(failure)?;
                    continue;
                }
            };
            if !store.write_run(context.run(), &change, Some(&ledger), now).await.map_err(failure)? {
                continue;
            }
            self.pick_up(context, run).await?;
            return Ok(change.to.reservation.map(|reservation| (change.to, reservation)));
        }
        Err(Failure::Retry("others are at the same chunk".to_owned()))
    }

    /// One step: the next members for whom there is room, written ahead, decided about, sent to. `None` at the end.
    async fn step(
        &self,
        context: &Context,
        run: &mut Run,
        reservation: Reservation,
        pacer: &Pacer,
        found: &mut Found,
    ) -> Result<Option<Step>, Failure> {
        let (clock, block) = (&self.sender.kit.clock, as_people(BLOCK));
        if run.started >= reservation.end() {
            return Ok(None);
        }
        if !self.has_time() {
            return Ok(Some(Step::Later(clock.now())));
        }
        // A step stays in its result block, so that its outcomes are one write.
        let most = (block - run.started % block).min(reservation.end() - run.started);
        let most = match context.own_pace(run.started, clock.now()) {
            Allowed::All => most,
            Allowed::Upto(upto) => most.min(upto - run.started),
            Allowed::NotBefore(due) => return Ok(Some(Step::Later(due))),
        };
        let most = self.fitting(context, run.started, most, pacer).await?;
        if most == 0 {
            let soon = clock.now().saturating_add(SignedDuration::from_secs(1));
            return Ok(Some(Step::Later(soon.unwrap_or(Timestamp::MAX))));
        }
        let Block::Members(members, change) = run.block(most, clock.now()) else { return Ok(None) };
        let written = self.sender.store.write_run(context.run(), &change, None, clock.now()).await;
        if !written.map_err(failure)? {
            return Ok(Some(Step::Lost));
        }
        *run = change.to;
        self.members(context, members, reservation.bucket, (pacer, found)).await?;
        Ok(Some(Step::Done))
    }

    /// How many of the next members there is throughput for, on the numbers that they hear from.
    async fn fitting(&self, context: &Context, from: u32, most: u32, pacer: &Pacer) -> Result<u32, Failure> {
        let mut needed = std::collections::HashMap::new();
        for member in from..from + most {
            let Some(number) = context.number_of(member) else { continue };
            let (needed, room) = needed.entry(&number.id).or_insert((0, None));
            let has = match *room {
                Some(room) => room,
                None => *room.insert(pacer.room(self, number, most).await?),
            };
            *needed += 1;
            if *needed > has {
                return Ok(member - from);
            }
        }
        Ok(most)
    }

    /// Gives back what was not used; how much. `None` if the chunk is somebody else's by now.
    async fn finish(&self, context: &Context, run: Run, returns: &Returns) -> Result<Option<usize>, Failure> {
        let (store, place) = (&self.sender.store, &context.place);
        for _ in 0..ROUNDS {
            let ledger = store.tier_ledger(&context.portfolio, context.limit).await.map_err(failure)?;
            let now = self.sender.kit.clock.now();
            let change = run.finish(context.size(), returns, &ledger.ledger, now);
            if store.write_run(context.run(), &change, Some(&ledger), now).await.map_err(failure)? {
                let total = change.ledger.map_or(0, |change| change.total);
                return Ok(Some(usize::try_from(total.saturating_neg()).unwrap_or_default()));
            }
            if store.run(&place.campaign, place.chunk).await.map_err(failure)? != run {
                return Ok(None);
            }
        }
        Err(Failure::Retry("others write the same ledger".to_owned()))
    }

    /// The messaging limit is reached: the campaign waits until enough is free, and one timer wakes it.
    async fn full(
        &self,
        context: &Context,
        free_at: Option<Timestamp>,
        now: Timestamp,
    ) -> Result<(), Failure> {
        let until = free_at.unwrap_or(now.saturating_add(NO_ROOM).unwrap_or(Timestamp::MAX));
        info!(campaign.id = %context.place.campaign, campaign.until = %until, "The messaging limit is reached");
        self.act(&context.place, &Action::Wait { limit: Waits::Tier, until }).await
    }

    /// Slots are free again that another worker missed: when many reserve at once, the last of them finds none, and the
    /// campaign waits for tomorrow while the others give most of theirs back.
    async fn wake(&self, place: &Place) -> Result<(), Failure> {
        let campaign = self.sender.store.campaign(&place.campaign).await.map_err(failure)?;
        if !campaign.is_some_and(|it| matches!(it.state, State::Waiting { limit: Waits::Tier, .. })) {
            return Ok(());
        }
        self.act(place, &Action::Wake).await?;
        self.release(place, true).await
    }

    /// Changes where the campaign stands, unless somebody else has decided otherwise.
    pub(crate) async fn act(&self, place: &Place, action: &Action) -> Result<(), Failure> {
        for _ in 0..ROUNDS {
            let store = &self.sender.store;
            let Some(mut campaign) = store.campaign(&place.campaign).await.map_err(failure)? else {
                return Ok(());
            };
            let now = self.sender.kit.clock.now();
            let Ok(state) = apply(&campaign.state, action, now) else { return Ok(()) };
            if state == campaign.state {
                return Ok(());
            }
            let was_active = campaign.is_active();
            (campaign.state, campaign.updated_at) = (state, now);
            match store.change_campaign(&mut campaign, was_active).await {
                Ok(()) => return Ok(()),
                Err(StoreError::Contended) => {}
                Err(error) => return Err(failure(error)),
            }
        }
        Err(Failure::Retry("others change the same campaign".to_owned()))
    }

    /// A chunk is through: its campaign releases the next.
    async fn through(&self, place: &Place) -> Result<(), Failure> {
        self.release(place, false).await
    }

    async fn release(&self, place: &Place, again: bool) -> Result<(), Failure> {
        let task = CampaignTask::Release { campaign: place.campaign.to_string(), again };
        let job = CampaignJob::of(task, None).to_json();
        let sent = self.sender.queue.send(&self.sender.campaigns_queue_url, Entry::new(job)).await;
        sent.map_err(|error| Failure::Retry(error.to_string()))
    }
}

impl Context {
    /// How many people are in the chunk.
    pub(crate) fn size(&self) -> u32 {
        u32::try_from(self.members.len()).unwrap_or(u32::MAX)
    }

    /// How many slots a turn takes at once: whole blocks of what the numbers let one of many workers send in its time. Who
    /// takes more keeps it from the others, until the last of them find none and the campaign waits for tomorrow.
    fn fair_share(&self) -> u32 {
        let rate: u32 = self.numbers.values().map(|number| number.level.per_second()).sum();
        let seconds = u32::try_from(BEGINS.as_secs()).unwrap_or(u32::MAX);
        let workers = side_by_side(rate.into()).min(WORKERS);
        let workers = u32::try_from(workers).unwrap_or(1).max(1);
        let (share, block) = (rate.saturating_mul(seconds) / workers, as_people(BLOCK));
        share.div_ceil(block).max(1).saturating_mul(block)
    }

    fn run(&self) -> KeptRun<'_> {
        KeptRun {
            campaign: &self.place.campaign,
            chunk: self.place.chunk,
            members: self.size(),
            portfolio: &self.portfolio,
        }
    }

    fn number_of(&self, member: u32) -> Option<&super::context::Number> {
        let member = usize::try_from(member).ok()?;
        let person = self.people.iter().find(|person| person.member == member)?;
        self.numbers.get(&person.number)
    }
}

fn as_people(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}
