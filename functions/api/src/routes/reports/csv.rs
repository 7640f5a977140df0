//! Parts of a report as files that spreadsheets read.

use domain::rates::Micros;
use domain::record::lines::harmless;

use super::rows::WorkView;
use super::view::{FirstResponse, Money, ReportView, Took};

/// Which part.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    Days,
    Hours,
    Agents,
    Departments,
    Numbers,
    Costs,
    Campaigns,
}

impl Part {
    const ALL: [(Self, &'static str); 7] = [
        (Self::Days, "days"),
        (Self::Hours, "hours"),
        (Self::Agents, "agents"),
        (Self::Departments, "departments"),
        (Self::Numbers, "numbers"),
        (Self::Costs, "costs"),
        (Self::Campaigns, "campaigns"),
    ];

    pub(super) fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|(_, known)| *known == word).map(|(part, _)| part)
    }

    pub(super) fn word(self) -> &'static str {
        Self::ALL.into_iter().find(|(part, _)| *part == self).map_or("", |(_, word)| word)
    }

    fn columns(self) -> &'static str {
        match self {
            Self::Days => {
                "day,conversations,received,sent_agents,sent_programs,sent_automatic,sent_campaigns,resolved,waiting,unanswered,first_responses,first_response_median_seconds,first_response_p90_seconds,on_time,accepted,delivered,read,failed,opted_out,opted_in"
            }
            Self::Hours => "weekday,hour,waits,unanswered,first_response_median_seconds",
            Self::Agents => {
                "agent,name,department,conversations,first_responses,first_response_median_seconds,first_response_p90_seconds,on_time,resolutions,resolution_median_seconds,resolution_p90_seconds,unanswered,sent"
            }
            Self::Departments => {
                "department,name,conversations,first_responses,first_response_median_seconds,first_response_p90_seconds,on_time,resolutions,resolution_median_seconds,resolution_p90_seconds,unanswered,sent,received"
            }
            Self::Numbers => {
                "number,name,conversations,first_responses,first_response_median_seconds,first_response_p90_seconds,on_time,resolutions,resolution_median_seconds,resolution_p90_seconds,unanswered,sent,received,accepted,delivered,read,failed"
            }
            Self::Costs => "market,name,category,messages,unpriced,currency,amount",
            Self::Campaigns => {
                "campaign,name,started_at,state,accepted,delivered,read,replied,clicked,opted_out,failed,currency,amount,unpriced"
            }
        }
    }
}

/// A line of a file.
#[derive(Default)]
struct Row(Vec<String>);

impl Row {
    fn text(mut self, cell: &str) -> Self {
        let cell = harmless(cell);
        let needs_quotes = cell.contains(['"', ',', '\n', '\r']);
        self.0.push(if needs_quotes { format!("\"{}\"", cell.replace('"', "\"\"")) } else { cell });
        self
    }

    fn counts<const N: usize>(mut self, counts: [u64; N]) -> Self {
        self.0.extend(counts.map(|count| count.to_string()));
        self
    }

    fn maybe(mut self, count: Option<u64>) -> Self {
        self.0.push(count.map_or_else(String::new, |count| count.to_string()));
        self
    }

    fn took(self, took: &Took) -> Self {
        self.counts([took.count]).maybe(took.median_seconds).maybe(took.p90_seconds)
    }

    fn first_response(self, response: &FirstResponse) -> Self {
        self.took(&response.took).counts([response.on_time])
    }

    fn work(self, work: &WorkView) -> Self {
        let row = self.counts([work.conversations]).first_response(&work.first_response);
        row.took(&work.resolution).counts([work.unanswered, work.sent])
    }

    fn money(self, cost: &[Money]) -> Self {
        match cost.first() {
            Some(money) => self.text(&money.currency).text(&Micros(money.micros).to_string()),
            None => self.text("").text("0.00"),
        }
    }
}

/// A part as a file.
pub(super) fn written(part: Part, report: &ReportView) -> String {
    let rows: Vec<Row> = match part {
        Part::Days => days(report),
        Part::Hours => {
            let row = |hour: &super::rows::HourView| {
                let row = Row::default().text(&hour.weekday.to_string()).text(&hour.hour.to_string());
                row.counts([hour.count, hour.unanswered]).maybe(hour.median_seconds)
            };
            report.hours.iter().map(row).collect()
        }
        Part::Agents => {
            let row = |it: &super::rows::PersonView| {
                let department = it.department.as_deref().unwrap_or_default();
                Row::default().text(&it.agent).text(&it.name).text(department).work(&it.work)
            };
            report.agents.iter().map(row).collect()
        }
        Part::Departments => {
            let row = |it: &super::rows::DepartmentView| {
                Row::default().text(&it.department).text(&it.name).work(&it.work).counts([it.work.received])
            };
            report.departments.iter().map(row).collect()
        }
        Part::Numbers => numbers(report),
        Part::Costs => {
            let row = |it: &super::rows::CostLine| {
                let row = Row::default().text(&it.market).text(&it.name).text(it.category);
                let row = row.counts([it.messages, it.unpriced]).text(&it.currency);
                row.text(&Micros(it.micros).to_string())
            };
            report.costs.iter().map(row).collect()
        }
        Part::Campaigns => campaigns(report),
    };
    let lines = rows.into_iter().map(|row| row.0.join(","));
    std::iter::once(part.columns().to_owned()).chain(lines).map(|line| line + "\r\n").collect()
}

fn days(report: &ReportView) -> Vec<Row> {
    let row = |day: &super::rows::DayView| {
        let (sent, delivery) = (day.sent, day.delivery);
        Row::default()
            .text(&day.day)
            .counts([day.conversations, day.received])
            .counts([sent.agents, sent.programs, sent.automatic, sent.campaigns])
            .counts([day.resolved, day.waiting, day.unanswered])
            .first_response(&day.first_response)
            .counts([delivery.accepted, delivery.delivered, delivery.read, delivery.failed])
            .counts([day.opted_out, day.opted_in])
    };
    report.days.iter().map(row).collect()
}

fn numbers(report: &ReportView) -> Vec<Row> {
    let row = |it: &super::rows::NumberView| {
        let delivery = it.delivery;
        let row = Row::default().text(&it.number).text(&it.name).work(&it.work).counts([it.work.received]);
        row.counts([delivery.accepted, delivery.delivered, delivery.read, delivery.failed])
    };
    report.numbers.iter().map(row).collect()
}

fn campaigns(report: &ReportView) -> Vec<Row> {
    let row = |it: &super::rows::CampaignLine| {
        let counts = it.counts;
        let row = Row::default().text(&it.id).text(&it.name);
        let started = serde_json::to_value(&it.started_at).unwrap_or_default();
        let row = row.text(started.as_str().unwrap_or_default()).text(it.state);
        let row = row.counts([counts.accepted, counts.delivered, counts.read, counts.replied]);
        let row = row.counts([counts.clicked, counts.opted_out, counts.failed]);
        row.money(&it.cost).counts([it.unpriced])
    };
    report.campaigns.iter().map(row).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_with_signs_of_its_own_is_quoted_and_none_is_a_formula() {
        let row = Row::default().text("Ventas, Caracas").text("=1+1").text("\"Ana\"").counts([3]).maybe(None);
        assert_eq!(row.0.join(","), "\"Ventas, Caracas\",'=1+1,\"\"\"Ana\"\"\",3,");
    }

    #[test]
    fn every_part_has_its_word() {
        for (part, word) in Part::ALL {
            assert_eq!((Part::from_word(word), part.word()), (Some(part), word));
        }
        assert_eq!(Part::from_word("people"), None);
    }
}
