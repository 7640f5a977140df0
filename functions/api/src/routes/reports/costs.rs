//! What was charged, by market and category: each message at the list price of its day.

use std::collections::{BTreeMap, HashMap};

use domain::number::Rate;
use domain::rates::{Category, Market, Micros, Model, RateCard, in_force};
use domain::report::{Cell, Charged, Class, Range, Sheet};
use jiff::civil::Date;

use super::rows::CostLine;
use super::view::Money;

/// Prices of a currency.
#[derive(Debug)]
pub(super) struct Prices {
    pub(super) currency: String,
    pub(super) cards: Vec<RateCard>,
    /// What a service message costs that is not free, as it was settled for numbers: where no card has a price.
    pub(super) service: HashMap<String, Rate>,
}

impl Prices {
    fn price(&self, number: Option<&str>, charged: &Charged, on: Date) -> Option<Micros> {
        let Class::Of(category) = charged.class else { return None };
        let of = |model| in_force(&self.cards, &self.currency, model, on);
        let card = of(Model::PerMessage).or_else(|| of(Model::PerConversation));
        let market = Market::of_country(&charged.country);
        let listed = card.and_then(|card| card.list_price(&market, category));
        let settled = || {
            let rate = self.service.get(number?).filter(|rate| rate.currency == self.currency);
            rate.filter(|_| category == Category::Service).map(|rate| Micros(rate.micros))
        };
        listed.or_else(settled)
    }

    /// What some messages cost of one day, and how many of them have no price.
    pub(super) fn sum<'c>(
        &self,
        charged: impl IntoIterator<Item = (&'c Charged, &'c u64)>,
        on: Date,
    ) -> (Micros, u64) {
        let (mut sum, mut unpriced) = (Micros(0), 0);
        for (charged, count) in charged {
            match self.price(None, charged, on) {
                Some(price) => sum = sum + price.times(*count),
                None => unpriced += count,
            }
        }
        (sum, unpriced)
    }
}

/// What was charged in a range.
#[derive(Debug, Default)]
pub(super) struct Costs {
    lines: BTreeMap<(String, &'static str), Line>,
}

#[derive(Debug, Default)]
struct Line {
    messages: u64,
    unpriced: u64,
    sum: Micros,
}

impl Costs {
    pub(super) fn of<'s>(
        range: &Range,
        department: Option<&str>,
        prices: &Prices,
        sheets: impl IntoIterator<Item = (Option<&'s str>, &'s Sheet)>,
    ) -> Self {
        let mut costs = Self::default();
        for (number, sheet) in sheets {
            for (key, cell) in &sheet.0 {
                let is_asked = department.is_none_or(|asked| key.department.as_deref() == Some(asked));
                if is_asked && !cell.charged.is_empty() && range.place(key.hour).is_some() {
                    costs.add(prices, number, (key.hour.day(), cell));
                }
            }
        }
        costs
    }

    fn add(&mut self, prices: &Prices, number: Option<&str>, (day, cell): (Date, &Cell)) {
        for (charged, count) in &cell.charged {
            let category = if let Class::Of(category) = charged.class { category.as_str() } else { "other" };
            let line = self.lines.entry((charged.country.clone(), category)).or_default();
            line.messages += count;
            match prices.price(number, charged, day) {
                Some(price) => line.sum = line.sum + price.times(*count),
                None => line.unpriced += count,
            }
        }
    }

    /// All of it, and how many messages have no price.
    pub(super) fn total(&self, currency: &str) -> (Vec<Money>, u64) {
        let sum: Micros = self.lines.values().map(|line| line.sum).sum();
        let unpriced = self.lines.values().map(|line| line.unpriced).sum();
        let money = if sum == Micros(0) { Vec::new() } else { vec![Money::new(currency, sum)] };
        (money, unpriced)
    }

    pub(super) fn lines(self, currency: &str) -> Vec<CostLine> {
        let line = |((country, category), line): ((String, &'static str), Line)| CostLine {
            name: Market::of_country(&country).to_string(),
            market: country,
            category,
            messages: line.messages,
            unpriced: line.unpriced,
            currency: currency.to_owned(),
            micros: line.sum.0,
        };
        let mut lines: Vec<_> = self.lines.into_iter().map(line).collect();
        lines.sort_by_key(|line| std::cmp::Reverse((line.micros, line.messages)));
        lines
    }
}
