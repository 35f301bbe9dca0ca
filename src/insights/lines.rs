//! A log, line by line, of which no more than a line is held.

use std::io::{self, BufRead, Read};

use serde::Serialize;

use super::{
    journal,
    record::{Fields, Record},
    stderr,
    tally::Tally,
};

/// A longer line is passed over: docent writes none.
const MAX_LINE: u64 = 256 << 10;

/// What was read.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Reading {
    /// Lines of any kind.
    pub lines: u64,
    /// Those that tell of use.
    pub records: u64,
    /// Those that are too long to be looked at.
    pub too_long: u64,
}

/// Reads a log to its end: lines of `journalctl --output=json`, or of docent's own stderr, or both.
///
/// # Errors
/// Where it cannot be read.
pub fn read(mut log: impl BufRead, tally: &mut Tally) -> io::Result<Reading> {
    let mut reading = Reading::default();
    let mut line = Vec::with_capacity(4 << 10);
    loop {
        line.clear();
        let length = log.by_ref().take(MAX_LINE).read_until(b'\n', &mut line)?;
        if length == 0 {
            return Ok(reading);
        }
        reading.lines += 1;
        if line.last() != Some(&b'\n') && line.len() as u64 >= MAX_LINE {
            reading.too_long += 1;
            log.skip_until(b'\n')?;
            continue;
        }
        let record = if line.trim_ascii_start().first() == Some(&b'{') {
            journal::fields(&line).and_then(Record::of)
        } else {
            told(&line).and_then(Record::of)
        };
        if let Some(record) = record {
            reading.records += 1;
            tally.add(&record);
        }
    }
}

fn told(line: &[u8]) -> Option<Fields<'_>> {
    stderr::fields(str::from_utf8(line).ok()?.trim_end())
}

#[cfg(test)]
mod tests {
    use super::super::tally::Window;
    use super::*;

    #[test]
    fn long_lines_are_passed_over_and_others_read() {
        let call = "2026-11-27T10:30:59Z  INFO search tool=\"search\" query=\"a\" hits=1\n";
        let long = "x".repeat(1 << 20);
        let log = format!("{call}{long}\n{call}\n{{}}\n{{\"a\":\n\u{fffd}\n{call}");
        let mut tally = Tally::new(Window::default());
        let reading = read(log.as_bytes(), &mut tally).unwrap();
        let expected = Reading {
            lines: 8,
            records: 3,
            too_long: 1,
        };
        assert_eq!(reading, expected);
        let bytes = [
            call.as_bytes(),
            b"\xff\xfe tool=\n",
            call.trim_end().as_bytes(),
        ]
        .concat();
        assert_eq!(read(&bytes[..], &mut tally).unwrap().records, 2);
    }
}
