//! Reading rate cards from files in Meta's layout.
//!
//! Meta's sheet begins with lines for people, then `Market,Currency,Marketing,Utility,Authentication,
//! Authentication-International,Service`, then a line for each market; `n/a` where there is no rate. Tiers come in a
//! second file: `market,category,tier_start,tier_end,unit_rate`.

use std::collections::BTreeMap;

use csv::{ReaderBuilder, StringRecord};
use jiff::civil::Date;

use super::{Band, Category, Market, Micros, Model, RateCard};

/// What a file does not say of its card.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CardHead {
    /// Its name.
    pub id: String,
    /// The first day on which it counts.
    pub from: Date,
    /// What is counted.
    pub model: Model,
    /// The currency, for files that have no column for it. See ISO 4217.
    pub currency: Option<String>,
}

/// What is wrong in a line of a file.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {column} {message}")]
pub struct LineFault {
    /// The line, from 1.
    pub line: u64,
    /// The column's name, as the file has it.
    pub column: String,
    /// What it has to be.
    pub message: String,
}

impl LineFault {
    fn new(line: u64, column: &str, message: impl Into<String>) -> Self {
        Self { line, column: column.to_owned(), message: message.into() }
    }
}

/// Reads a card: the whole file, or what is wrong with it.
///
/// # Errors
/// Every mistake, by its line.
pub fn read_card(head: CardHead, file: &[u8]) -> Result<RateCard, Vec<LineFault>> {
    let lines = lines(file)?;
    let is_head = |cells: &StringRecord| matches!(name(cells, 0).as_str(), "market" | "country");
    let Some(at) = lines.iter().position(|(_, cells)| is_head(cells)) else {
        return Err(vec![LineFault::new(1, "Market", "is not there: no line has the names of the columns")]);
    };
    let columns: Vec<String> = (0..lines[at].1.len()).map(|n| name(&lines[at].1, n)).collect();
    if !columns.iter().any(|column| category(column).is_some()) {
        return Err(vec![LineFault::new(lines[at].0, "Marketing", "is not there: no column has prices")]);
    }
    let mut currency = head.currency;
    let (mut rates, mut faults) = (BTreeMap::new(), Vec::new());
    for (line, cells) in &lines[at + 1..] {
        // Notes for people stand in one cell.
        if cells.iter().skip(1).all(|cell| cell.trim().is_empty()) {
            continue;
        }
        let market = cell(cells, 0);
        if market.is_empty() {
            faults.push(LineFault::new(*line, "Market", "is empty"));
            continue;
        }
        let mut prices = BTreeMap::new();
        for (n, column) in columns.iter().enumerate() {
            let cell = cell(cells, n);
            if column == "currency" {
                match read_currency(cell) {
                    Some(read) if currency.as_ref().is_none_or(|known| *known == read) => {
                        currency = Some(read)
                    }
                    Some(_) => faults.push(LineFault::new(*line, "Currency", "is another than above")),
                    None => {
                        faults.push(LineFault::new(*line, "Currency", "must have three letters, such as USD"))
                    }
                }
            } else if let Some(category) = category(column) {
                match read_price(cell) {
                    Ok(Some(price)) => {
                        prices.insert(category, vec![Band { above: 0, price: Some(price) }]);
                    }
                    Ok(None) => {}
                    Err(message) => faults.push(LineFault::new(*line, column, message)),
                }
            }
        }
        if rates.insert(Market::new(market), prices).is_some() {
            faults.push(LineFault::new(*line, "Market", "stands in the file twice"));
        }
    }
    if rates.is_empty() && faults.is_empty() {
        faults.push(LineFault::new(lines[at].0, "Market", "has no lines below"));
    }
    let Some(currency) = currency else {
        faults.push(LineFault::new(lines[at].0, "Currency", "is not there"));
        return Err(faults);
    };
    if !faults.is_empty() {
        return Err(faults);
    }
    Ok(RateCard { id: head.id, from: head.from, currency, model: head.model, rates })
}

/// Adds volume tiers to a card: all of the file, or none.
///
/// # Errors
/// Every mistake, by its line.
pub fn add_tiers(card: &mut RateCard, file: &[u8]) -> Result<(), Vec<LineFault>> {
    let lines = lines(file)?;
    let is_head = |cells: &StringRecord| name(cells, 0) == "market" && name(cells, 1) == "category";
    let Some(at) = lines.iter().position(|(_, cells)| is_head(cells)) else {
        return Err(vec![LineFault::new(1, "market", "and category must begin the line of columns")]);
    };
    let column = |wanted: &str| (0..lines[at].1.len()).find(|n| name(&lines[at].1, *n) == wanted);
    let (Some(start), Some(rate)) = (column("tierstart"), column("unitrate")) else {
        return Err(vec![LineFault::new(lines[at].0, "tier_start", "and unit_rate must be there")]);
    };
    let mut tiers: BTreeMap<(Market, Category), BTreeMap<u64, Option<Micros>>> = BTreeMap::new();
    let mut faults = Vec::new();
    for (line, cells) in &lines[at + 1..] {
        let market = Market::new(cell(cells, 0));
        let Some(category) = category(&name(cells, 1)) else {
            faults.push(LineFault::new(*line, "category", "must be one of those of the card"));
            continue;
        };
        if !card.rates.get(&market).is_some_and(|prices| prices.contains_key(&category)) {
            faults.push(LineFault::new(*line, "market", "has no price on the card"));
            continue;
        }
        let first = cell(cells, start).parse::<u64>().ok().filter(|first| *first > 0);
        match (first, read_price(cell(cells, rate))) {
            (None, _) => faults.push(LineFault::new(*line, "tier_start", "must be a number from 1")),
            (_, Err(message)) => faults.push(LineFault::new(*line, "unit_rate", message)),
            (Some(first), Ok(price)) => {
                let bands = tiers.entry((market, category)).or_default();
                if bands.insert(first - 1, price).is_some() {
                    faults.push(LineFault::new(*line, "tier_start", "stands in the file twice"));
                }
            }
        }
    }
    if !faults.is_empty() {
        return Err(faults);
    }
    for ((market, category), tiers) in tiers {
        let Some(bands) = card.rates.get_mut(&market).and_then(|prices| prices.get_mut(&category)) else {
            continue;
        };
        // The card's price stands for what comes before the first tier.
        let mut merged: BTreeMap<u64, Option<Micros>> =
            bands.first().map(|band| (0, band.price)).into_iter().collect();
        merged.extend(tiers);
        *bands = merged.into_iter().map(|(above, price)| Band { above, price }).collect();
    }
    Ok(())
}

/// The lines of a file that have something in them, with their numbers.
fn lines(file: &[u8]) -> Result<Vec<(u64, StringRecord)>, Vec<LineFault>> {
    // Meta offers a file that is called .csv and is a workbook.
    if file.starts_with(b"PK\x03\x04") {
        return Err(vec![LineFault::new(1, "file", "is a workbook: save it as CSV")]);
    }
    let file = file.strip_prefix(b"\xef\xbb\xbf").unwrap_or(file);
    let mut reader = ReaderBuilder::new().has_headers(false).flexible(true).from_reader(file);
    let (mut lines, mut line, mut counted) = (Vec::new(), 1, 0);
    for record in reader.records() {
        let cells = record.map_err(|error| {
            let line = error.position().map_or(1, csv::Position::line);
            vec![LineFault::new(line, "line", "cannot be read: a quote is not closed, or it is not UTF-8")]
        })?;
        // The reader names the first of the empty lines before a record.
        let at = cells.position().map_or(0, csv::Position::byte);
        let at = usize::try_from(at).unwrap_or(file.len()).min(file.len());
        let empty = file[at..].iter().take_while(|byte| matches!(byte, b'\n' | b'\r')).count();
        line += file[counted..at + empty].iter().filter(|byte| **byte == b'\n').count() as u64;
        counted = at + empty;
        if cells.iter().any(|cell| !cell.trim().is_empty()) {
            lines.push((line, cells));
        }
    }
    Ok(lines)
}

fn cell(cells: &StringRecord, n: usize) -> &str {
    cells.get(n).unwrap_or_default().trim()
}

/// A column's name without anything but its letters: sheets break it over lines.
fn name(cells: &StringRecord, n: usize) -> String {
    cell(cells, n).chars().filter(char::is_ascii_alphabetic).map(|c| c.to_ascii_lowercase()).collect()
}

fn category(column: &str) -> Option<Category> {
    Some(match column {
        "marketing" => Category::Marketing,
        "utility" => Category::Utility,
        "authentication" => Category::Authentication,
        "authenticationinternational" | "international" => Category::AuthenticationInternational,
        "service" => Category::Service,
        _ => return None,
    })
}

fn read_currency(cell: &str) -> Option<String> {
    if cell == "$US" {
        return Some("USD".to_owned());
    }
    let is_code = cell.len() == 3 && cell.bytes().all(|byte| byte.is_ascii_uppercase());
    is_code.then(|| cell.to_owned())
}

fn read_price(cell: &str) -> Result<Option<Micros>, String> {
    if matches!(cell.to_ascii_lowercase().as_str(), "" | "n/a" | "-" | "–") {
        return Ok(None);
    }
    let price = cell.strip_prefix('$').unwrap_or(cell).parse();
    price.map(Some).map_err(|error: super::NotAnAmount| format!("{error}, or n/a"))
}
