//! Blocks of Markdown, one below the other, inside the quotes and list items that hold them.

/// Quotes and lists nest this deep; what is deeper stands at this level. Without a limit each
/// line of hostile text would begin with kilobytes of markers.
const MAX_NESTING: usize = 12;

/// Writes blocks.
pub(super) struct Writer {
    out: String,
    /// What begins each line.
    prefix: String,
    /// What begins the next line, where that differs: a list item's marker.
    first: Option<String>,
    /// The shortest that `prefix` was since the last block: it begins the blank line.
    low: usize,
    nesting: usize,
    /// No blank line before the next block.
    tight: bool,
    /// Bytes after which no more is written.
    limit: usize,
}

/// What stood before a quote or item began.
pub(super) struct Outer {
    prefix: usize,
    first: Option<String>,
    written: usize,
}

impl Writer {
    pub(super) fn new(limit: usize) -> Self {
        Self {
            out: String::with_capacity(limit / 4),
            ..Self::of_part(limit)
        }
    }

    /// For a part that is put into another: it takes what it needs.
    pub(super) fn of_part(limit: usize) -> Self {
        Self {
            out: String::new(),
            prefix: String::new(),
            first: None,
            low: 0,
            nesting: 0,
            tight: false,
            limit,
        }
    }

    /// Whether the next block stands in no quote or item.
    pub(super) fn is_top_level(&self) -> bool {
        self.nesting == 0
    }

    pub(super) fn finish(self) -> String {
        self.out
    }

    /// Lets the next block follow without a blank line.
    pub(super) fn tighten(&mut self) {
        self.tight = true;
    }

    /// Takes [`Writer::tighten`] back, if no block followed.
    pub(super) fn loosen(&mut self) {
        self.tight = false;
    }

    /// Writes a block of one or more lines.
    pub(super) fn block(&mut self, lines: &str) {
        if self.out.len() > self.limit {
            return;
        }
        if !self.out.is_empty() && !self.tight {
            self.out.push_str(self.prefix[..self.low].trim_end());
            self.out.push('\n');
        }
        self.tight = false;
        for line in lines.split('\n') {
            let first = self.first.take();
            let prefix = first.as_deref().unwrap_or(&self.prefix);
            self.out.push_str(if line.is_empty() {
                prefix.trim_end()
            } else {
                prefix
            });
            self.out.push_str(line);
            self.out.push('\n');
        }
        self.low = self.prefix.len();
    }

    /// Begins a list item with this marker, a space behind it.
    pub(super) fn begin_item(&mut self, marker: &str) -> Outer {
        let indent = " ".repeat(marker.len());
        self.begin(marker, &indent)
    }

    pub(super) fn begin_quote(&mut self) -> Outer {
        self.begin("> ", "> ")
    }

    /// Ends the item or quote begun last.
    pub(super) fn end(&mut self, outer: Outer) {
        self.nesting = self.nesting.saturating_sub(1);
        self.prefix.truncate(outer.prefix);
        self.low = self.low.min(outer.prefix);
        self.first = if self.out.len() == outer.written {
            outer.first
        } else {
            None
        };
    }

    fn begin(&mut self, marker: &str, indent: &str) -> Outer {
        let outer = Outer {
            prefix: self.prefix.len(),
            first: self.first.clone(),
            written: self.out.len(),
        };
        self.nesting += 1;
        if self.nesting <= MAX_NESTING {
            let first = self.first.take().unwrap_or_else(|| self.prefix.clone());
            self.first = Some(first + marker);
            self.prefix.push_str(indent);
        }
        outer
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn items_and_quotes_nest() {
        let mut writer = Writer::new(10_000);
        writer.block("text");
        let quote = writer.begin_quote();
        writer.block("quoted");
        let item = writer.begin_item("- ");
        writer.block("item");
        let inner = writer.begin_item("1. ");
        writer.tighten();
        writer.block("inner\nsecond line");
        writer.end(inner);
        writer.end(item);
        writer.end(quote);
        writer.block("after");
        let expected = "text\n\n> quoted\n>\n> - item\n>   1. inner\n>      second line\n\nafter\n";
        assert_eq!(writer.finish(), expected);
    }

    #[test]
    fn an_item_without_text_leaves_nothing() {
        let mut writer = Writer::new(10_000);
        let outer = writer.begin_item("- ");
        let empty = writer.begin_item("- ");
        writer.end(empty);
        writer.block("text");
        writer.end(outer);
        assert_eq!(writer.finish(), "- text\n");
    }
}
