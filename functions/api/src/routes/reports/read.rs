//! Reading a report: sheets of numbers and campaigns, added up where somebody asks.

use std::collections::{BTreeMap, HashMap};

use domain::agent::{Agent, AgentId};
use domain::report::{Cell, Range, Sheet, Summary, TARGET_SECONDS, agent_key};
use futures::future::{try_join_all, try_join5};
use jiff::ToSpan;
use store::{Campaign, Number, ReportedCampaign, Work, WorkFilter};

use super::Asked;
use super::costs::{Costs, Prices};
use super::rows::{BacklogView, CampaignLine, DayView, DepartmentView, HourView, NumberView, PersonView};
use super::view::{Money, ReportView, TotalsView};
use crate::identity::Identity;
use crate::{Api, Problem};

/// So many days after its start a campaign's messages may still be counted in a range.
const CAMPAIGN_DAYS: i32 = 35;
/// Open conversations of a number are counted up to this.
const MOST_OPEN: usize = 999;

/// A campaign with its plan.
struct Started {
    campaign: Campaign,
    reported: ReportedCampaign,
}

impl Started {
    /// The number that sent all of it.
    fn only_number(&self) -> Option<&str> {
        match self.senders().as_slice() {
            [only] => Some(only),
            _ => None,
        }
    }

    fn senders(&self) -> Vec<&str> {
        let senders = self.campaign.snapshot.iter().flat_map(|snapshot| &snapshot.senders);
        senders.map(|sender| sender.number.as_str()).collect()
    }
}

pub(super) async fn report(api: &Api, who: &Identity, asked: Asked) -> Result<ReportView, Problem> {
    let numbers = numbers(api, who, &asked).await?;
    let ids: Vec<String> = numbers.iter().map(|number| number.id.to_string()).collect();
    let previous = asked.range.previous();
    let days = (previous.utc_days().0, asked.range.utc_days().1);
    let began = (days.0.saturating_sub(CAMPAIGN_DAYS.days()), days.1);
    let (sheets, reported, cards, pass, agents) = try_join5(
        api.store.reported(&ids, days),
        api.store.reported_campaigns(began),
        api.store.rate_cards(),
        api.store.report_pass(),
        api.store.agents(),
    )
    .await?;
    let started = started(api, &asked, reported).await?;
    let service = numbers.iter().map(async |number| {
        let rate = api.store.number_settings(&number.id).await?.service_rate;
        Ok::<_, Problem>(rate.map(|rate| (number.id.to_string(), rate)))
    });
    let service: HashMap<_, _> = try_join_all(service).await?.into_iter().flatten().collect();
    let prices = Prices { currency: asked.currency.clone(), cards, service };
    let all = Sheets { numbers: sheets, campaigns: &started, asked: &asked };
    let summary = all.summary(&asked.range);
    let totals = all.totals(&asked.range, &summary.total, &prices);
    let before = all.totals(&previous, &all.summary(&previous).total, &prices);
    let costs = Costs::of(&asked.range, asked.department.as_deref(), &prices, all.each());
    Ok(ReportView {
        from: asked.range.from.to_string(),
        to: asked.range.to.to_string(),
        zone: asked.zone.clone(),
        as_of: pass.through.map(Into::into),
        target_seconds: TARGET_SECONDS,
        totals,
        previous: before,
        backlog: backlog(api, &asked, &numbers, &agents).await?,
        days: days_of(&asked.range, &summary),
        hours: hours(&summary),
        agents: people(&summary, &agents),
        departments: departments(api, &summary).await?,
        numbers: numbers_of(&numbers, &summary),
        costs: costs.lines(&asked.currency),
        campaigns: campaigns(&asked, &started, &prices),
    })
}

/// The numbers that are asked for, of those that the asker sees.
async fn numbers(api: &Api, who: &Identity, asked: &Asked) -> Result<Vec<Number>, Problem> {
    let mut numbers = api.store.numbers().await?;
    numbers.retain(|number| who.sees(number.department.as_ref()));
    if let Some(asked) = &asked.number {
        numbers.retain(|number| number.id.as_str() == asked);
        if numbers.is_empty() {
            return Err(Problem::field("number", "is not a number of the company"));
        }
    }
    Ok(numbers)
}

/// Campaigns with their plans; of a number, those that it sends; of a department, none.
async fn started(api: &Api, asked: &Asked, reported: Vec<ReportedCampaign>) -> Result<Vec<Started>, Problem> {
    if asked.department.is_some() || reported.is_empty() {
        return Ok(Vec::new());
    }
    let ids: Vec<_> = reported.iter().map(|reported| reported.id.clone()).collect();
    let plans = api.store.campaigns_of(&ids).await?;
    let mut plans: HashMap<_, _> =
        plans.into_iter().map(|campaign| (campaign.id.clone(), campaign)).collect();
    let started = reported.into_iter().filter_map(|reported| {
        let campaign = plans.remove(&reported.id)?;
        Some(Started { campaign, reported })
    });
    let is_asked = |it: &Started| asked.number.as_deref().is_none_or(|number| it.senders().contains(&number));
    Ok(started.filter(is_asked).collect())
}

struct Sheets<'a> {
    numbers: BTreeMap<String, Sheet>,
    campaigns: &'a [Started],
    asked: &'a Asked,
}

impl Sheets<'_> {
    /// Each sheet with its number. A campaign that several numbers send is of none of them.
    fn each(&self) -> impl Iterator<Item = (Option<&str>, &Sheet)> {
        let numbers = self.numbers.iter().map(|(number, sheet)| (Some(number.as_str()), sheet));
        let campaigns = self.campaigns.iter().filter_map(|it| {
            let number = it.only_number();
            let counts = self.asked.number.is_none() || number.is_some();
            counts.then_some((number, &it.reported.sheet.hours))
        });
        numbers.chain(campaigns)
    }

    fn summary(&self, range: &Range) -> Summary {
        Summary::of(range, self.asked.department.as_deref(), self.each())
    }

    fn totals(&self, range: &Range, total: &Cell, prices: &Prices) -> TotalsView {
        let costs = Costs::of(range, self.asked.department.as_deref(), prices, self.each());
        TotalsView::of(total, costs.total(&prices.currency))
    }
}

async fn backlog(
    api: &Api,
    asked: &Asked,
    numbers: &[Number],
    agents: &[Agent],
) -> Result<BacklogView, Problem> {
    let of_department = |number: &&Number| {
        let department = number.department.as_ref().map(|department| department.as_str());
        asked.department.as_deref().is_none_or(|asked| department == Some(asked))
    };
    let numbers: Vec<String> = numbers.iter().filter(of_department).map(|it| it.id.to_string()).collect();
    if numbers.is_empty() {
        return Ok(BacklogView { open: 0, waiting: 0, oldest_waiting_since: None });
    }
    let open = numbers.iter().map(|number| api.store.count_open(number, MOST_OPEN));
    let open = try_join_all(open).await?.into_iter().map(|count| count.min(MOST_OPEN)).sum();
    let agents: Vec<AgentId> = agents.iter().map(|agent| agent.id.clone()).collect();
    let filter = WorkFilter { numbers: Some(numbers.clone()), ..WorkFilter::all(api.clock.now()) };
    let work = Work::Waiting { numbers, agents };
    let waiting = api.store.count_work(&work, &filter).await?.count;
    let oldest = api.store.work(&work, &filter, None, 1).await?.rows;
    let since = oldest.first().and_then(|row| row.state.waiting_since);
    Ok(BacklogView { open, waiting, oldest_waiting_since: since.map(Into::into) })
}

fn days_of(range: &Range, summary: &Summary) -> Vec<DayView> {
    let nothing = Cell::default();
    let day = |day| {
        let cell = summary.days.get(&day).unwrap_or(&nothing);
        DayView {
            day: day.to_string(),
            conversations: cell.counts.conversations,
            received: cell.counts.received,
            sent: cell.sent.into(),
            resolved: cell.resolution.count(),
            waiting: cell.counts.waiting,
            unanswered: cell.counts.unanswered,
            opted_out: cell.counts.opted_out,
            opted_in: cell.counts.opted_in,
            first_response: cell.into(),
            delivery: cell.delivery.into(),
        }
    };
    range.each_day().map(day).collect()
}

fn hours(summary: &Summary) -> Vec<HourView> {
    let hour = |((weekday, hour), waits): (&(i8, i8), &domain::report::ThisHour)| HourView {
        weekday: *weekday,
        hour: *hour,
        count: waits.first_response.count() + waits.unanswered,
        unanswered: waits.unanswered,
        median_seconds: waits.first_response.percentile(50),
    };
    summary.hours.iter().map(hour).collect()
}

/// Whoever did something, the busiest first. Whom the directory does not know is shown by what the messages say.
fn people(summary: &Summary, agents: &[Agent]) -> Vec<PersonView> {
    let known: HashMap<String, &Agent> =
        agents.iter().map(|agent| (agent_key(agent.id.as_str()), agent)).collect();
    let people = summary.agents.iter().filter(|(key, _)| !key.starts_with(domain::client::SUBJECTS));
    let mut people: Vec<_> = people
        .map(|(key, cell)| {
            let agent = known.get(key);
            PersonView {
                agent: agent.map_or_else(|| key.clone(), |agent| agent.id.to_string()),
                name: agent.map_or_else(|| key.clone(), |agent| agent.name.clone()),
                department: summary.department_of(key).map(str::to_owned),
                work: cell.into(),
            }
        })
        .collect();
    people.sort_by_key(|person| std::cmp::Reverse((person.work.conversations, person.work.sent)));
    people
}

async fn departments(api: &Api, summary: &Summary) -> Result<Vec<DepartmentView>, Problem> {
    let names = api.store.departments().await?;
    let name = |id: &str| names.iter().find(|it| it.id.as_str() == id).map(|it| it.name.clone());
    let view = |(id, cell): (&String, &Cell)| DepartmentView {
        department: id.clone(),
        name: name(id).unwrap_or_else(|| id.clone()),
        work: cell.into(),
    };
    Ok(summary.departments.iter().map(view).collect())
}

fn numbers_of(numbers: &[Number], summary: &Summary) -> Vec<NumberView> {
    let nothing = Cell::default();
    let view = |number: &Number| {
        let cell = summary.numbers.get(number.id.as_str()).unwrap_or(&nothing);
        let name = number.name.clone().or_else(|| number.display.clone());
        NumberView {
            number: number.id.to_string(),
            name: name.unwrap_or_else(|| number.id.to_string()),
            work: cell.into(),
            delivery: cell.delivery.into(),
        }
    };
    numbers.iter().map(view).collect()
}

/// Those that started in the range, the newest first.
fn campaigns(asked: &Asked, started: &[Started], prices: &Prices) -> Vec<CampaignLine> {
    let line = |it: &Started| {
        let at = it.campaign.started_at?;
        let hour = domain::report::Hour::of(at);
        asked.range.place(hour)?;
        let (sum, unpriced) = prices.sum(&it.reported.sheet.charged, hour.day());
        let is_free = sum == domain::rates::Micros(0);
        Some(CampaignLine {
            id: it.campaign.id.to_string(),
            name: it.campaign.definition.name.clone(),
            started_at: at.into(),
            state: it.campaign.state.as_str(),
            counts: it.reported.sheet.total,
            cost: if is_free { Vec::new() } else { vec![Money::new(&prices.currency, sum)] },
            unpriced,
        })
    };
    let mut lines: Vec<_> = started.iter().filter_map(line).collect();
    lines.reverse();
    lines
}
