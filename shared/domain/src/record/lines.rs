//! A file, block by block: lines with their places, however they are quoted.

use csv::{ByteRecord, ReaderBuilder};

/// A line of the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// Where it begins in the file.
    pub at: u64,
    /// Its cells; `None` if it is not UTF-8.
    pub cells: Option<Vec<String>>,
}

/// The rows of a block that are whole.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rows {
    /// The rows.
    pub rows: Vec<Row>,
    /// Where the next block begins.
    pub next: u64,
}

/// Reads a block that begins at `at` with a line. Unless the file ends with it, its last line may be cut, and is left to
/// the next block.
#[must_use]
pub fn rows(block: &[u8], at: u64, delimiter: u8, is_last: bool) -> Rows {
    let mut reader =
        ReaderBuilder::new().has_headers(false).flexible(true).delimiter(delimiter).from_reader(block);
    let mut record = ByteRecord::new();
    let mut found = Rows { rows: Vec::new(), next: at };
    // Reading from memory, nothing but the end can stop it: lines of any length and shape are taken.
    while reader.read_byte_record(&mut record).unwrap_or(false) {
        let end = reader.position().byte();
        let is_cut = !is_last && end >= block.len() as u64;
        if is_cut {
            break;
        }
        let begins = record.position().map_or(0, csv::Position::byte);
        let cells = record.iter().map(|cell| String::from_utf8(cell.to_vec()).ok());
        found.rows.push(Row { at: at + begins, cells: cells.collect() });
        found.next = at + end;
    }
    if is_last {
        found.next = at + block.len() as u64;
    }
    found
}

/// What separates the cells: whatever of `,`, `;` and tab the first line has most of, outside of quotes.
#[must_use]
pub fn delimiter(block: &[u8]) -> u8 {
    let mut counts = [(b',', 0_usize), (b';', 0), (b'\t', 0)];
    let mut in_quotes = false;
    for byte in block {
        match byte {
            b'"' => in_quotes = !in_quotes,
            b'\n' if !in_quotes => break,
            _ if in_quotes => {}
            _ => {
                for (delimiter, count) in &mut counts {
                    *count += usize::from(byte == delimiter);
                }
            }
        }
    }
    // The first of those that are even.
    counts.iter().rev().max_by_key(|(_, count)| *count).map_or(b',', |(delimiter, _)| *delimiter)
}

/// How many bytes of a file's beginning are the mark of its encoding.
#[must_use]
pub fn mark(block: &[u8]) -> usize {
    if block.starts_with(b"\xef\xbb\xbf") { 3 } else { 0 }
}

/// A cell that a spreadsheet does not take for a formula.
#[must_use]
pub fn harmless(cell: &str) -> String {
    let is_formula = cell.starts_with(['=', '+', '-', '@', '\t', '\r']) && cell.parse::<f64>().is_err();
    if is_formula { format!("'{cell}") } else { cell.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &[u8] = b"phone;name\r\n+51 1;\"Ana; the\n\"\"first\"\"\"\r\n\n+51 2;Bob";

    fn cells(rows: &Rows) -> Vec<Vec<String>> {
        rows.rows.iter().filter_map(|row| row.cells.clone()).collect()
    }

    #[test]
    fn a_file_reads_the_same_wherever_it_is_cut_into_blocks() {
        let whole = rows(FILE, 0, b';', true);
        assert_eq!(cells(&whole)[1], ["+51 1", "Ana; the\n\"first\""]);
        assert_eq!(whole.rows.len(), 3, "empty lines are none");
        for size in 45..FILE.len() + 5 {
            let (mut all, mut at) = (Vec::new(), 0);
            loop {
                let end = FILE.len().min(at + size);
                let part = rows(&FILE[at..end], at as u64, b';', end == FILE.len());
                all.extend(part.rows.clone());
                assert!(part.next as usize > at, "it goes on, with blocks of {size}");
                at = part.next as usize;
                if at >= FILE.len() {
                    break;
                }
            }
            let same: Vec<_> = all.iter().map(|row| row.cells.clone()).collect();
            assert_eq!(same, whole.rows.iter().map(|row| row.cells.clone()).collect::<Vec<_>>(), "{size}");
        }
    }

    #[test]
    fn what_is_not_text_spoils_its_own_line_only() {
        let read = rows(b"a,b\n\xff,x\nc,d\n", 0, b',', true);
        assert_eq!(read.rows.iter().map(|row| row.cells.is_some()).collect::<Vec<_>>(), [true, false, true]);
    }

    #[test]
    fn the_delimiter_is_seen_in_the_first_line() {
        for (block, delimiter_is) in [
            ("a,b;c,d\n", b','),
            ("a;b\nc,d,e,f", b';'),
            ("a\tb\tc", b'\t'),
            ("\"a,b,c\";d\n", b';'),
            ("a", b','),
        ] {
            assert_eq!(delimiter(block.as_bytes()), delimiter_is, "{block}");
        }
    }

    #[test]
    fn a_cell_is_never_a_formula() {
        assert_eq!(harmless("=1+1"), "'=1+1");
        assert_eq!(harmless("@cmd"), "'@cmd");
        assert_eq!(harmless("-12.5"), "-12.5");
        assert_eq!(harmless("Ana"), "Ana");
    }
}
