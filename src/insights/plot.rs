//! Plots, as SVG that stands in a page of HTML: marks have classes, whose colours are the page's.

use std::fmt::Write as _;

use super::{escape::escaped, text::thousands};

/// A row of bars that lie, each with its label and its number.
pub(super) fn bars(id: &str, title: &str, rows: &[(String, u64)]) -> String {
    const ROW: usize = 30;
    const LEFT: f64 = 230.0;
    const WIDE: f64 = 400.0;
    let most = rows
        .iter()
        .map(|(_, number)| *number)
        .max()
        .unwrap_or(0)
        .max(1);
    let named: Vec<_> = (rows.iter())
        .map(|(label, number)| format!("{label} {}", thousands(*number)))
        .collect();
    let mut svg = begin(
        id,
        rows.len() * ROW,
        &format!("{title}: {}", named.join(", ")),
    );
    for (number, (label, value)) in rows.iter().enumerate() {
        let top = number * ROW;
        let width = WIDE * ratio(*value, most);
        let _ = write!(
            svg,
            r#"<text class="lb" x="0" y="{}">{}</text><rect class="s1" x="{LEFT}" y="{}" width="{width:.1}" height="18"/><text class="lb" x="{:.1}" y="{}">{}</text>"#,
            top + 19,
            escaped(&cut(label, 30)),
            top + 5,
            LEFT + width + 8.0,
            top + 19,
            thousands(*value)
        );
    }
    svg.push_str("</svg>");
    svg
}

/// Bars that stand, of three parts each, over a scale.
pub(super) fn columns(id: &str, title: &str, columns: &[(String, [u64; 3])]) -> String {
    const HEIGHT: f64 = 190.0;
    const BOTTOM: f64 = 210.0;
    const LEFT: f64 = 50.0;
    const WIDE: f64 = 670.0;
    let sum = |parts: &[u64; 3]| parts.iter().sum::<u64>();
    let highest = columns
        .iter()
        .map(|(_, parts)| sum(parts))
        .max()
        .unwrap_or(0);
    let step = step(highest);
    let top = highest.div_ceil(step).max(1) * step;
    let mut svg = begin(id, 240, title);
    for line in 0..=top / step {
        let value = line * step;
        let y = BOTTOM - HEIGHT * ratio(value, top);
        let _ = write!(
            svg,
            r#"<line class="gl" x1="{LEFT}" x2="720" y1="{y:.1}" y2="{y:.1}"/><text class="ax e" x="42" y="{:.1}">{}</text>"#,
            y + 4.5,
            thousands(value)
        );
    }
    let count = columns.len().max(1);
    #[allow(clippy::cast_precision_loss, reason = "there are a few dozen")]
    let place = WIDE / count as f64;
    let width = (place * 0.71).min(60.0);
    // As many labels as there is room for.
    let every = count.div_ceil(15);
    for (number, (label, parts)) in columns.iter().enumerate() {
        #[allow(clippy::cast_precision_loss, reason = "there are a few dozen")]
        let middle = LEFT + place * (number as f64 + 0.5);
        let mut from = 0;
        for (class, part) in ["s1", "s2", "s3"].into_iter().zip(parts) {
            if *part == 0 {
                continue;
            }
            let y = BOTTOM - HEIGHT * ratio(from + part, top);
            let height = HEIGHT * ratio(*part, top);
            // A thin gap tells parts apart for whoever sees no colours.
            let gap = if from > 0 && height > 3.0 { 1.5 } else { 0.0 };
            let _ = write!(
                svg,
                r#"<rect class="{class}" x="{:.1}" y="{y:.1}" width="{width:.1}" height="{:.1}"/>"#,
                middle - width / 2.0,
                height - gap
            );
            from += part;
        }
        if number % every == 0 {
            let _ = write!(
                svg,
                r#"<text class="ax m" x="{middle:.1}" y="232">{}</text>"#,
                escaped(label)
            );
        }
    }
    svg.push_str("</svg>");
    svg
}

fn begin(id: &str, height: usize, title: &str) -> String {
    format!(
        r#"<svg viewBox="0 0 720 {height}" role="img" aria-labelledby="{id}"><title id="{id}">{}</title>"#,
        escaped(title)
    )
}

/// Between two lines of a scale: 1, 2 or 5, with zeros.
fn step(highest: u64) -> u64 {
    let mut step = 1;
    while highest / step > 5 {
        step *= 2;
        if highest / step > 5 {
            step = step / 2 * 5;
        }
        if highest / step > 5 {
            step *= 2;
        }
    }
    step
}

#[allow(clippy::cast_precision_loss, reason = "it is drawn")]
fn ratio(part: u64, whole: u64) -> f64 {
    part as f64 / whole as f64
}

fn cut(text: &str, limit: usize) -> String {
    let mut characters = text.chars();
    let short: String = characters.by_ref().take(limit).collect();
    match characters.next() {
        Some(_) => format!("{short}…"),
        None => short,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scale_has_a_few_round_lines() {
        for (highest, expected) in [
            (0, 1),
            (5, 1),
            (6, 2),
            (14, 5),
            (40, 10),
            (820, 200),
            (1_000_000, 200_000),
        ] {
            assert_eq!(step(highest), expected, "{highest}");
        }
    }

    #[test]
    fn labels_cannot_be_markup() {
        let rows = [("<script>\"&".to_owned(), 3), ("b".to_owned(), 0)];
        let svg = bars("t", "By <b>", &rows);
        assert!(!svg.contains("<script") && !svg.contains("<b>"), "{svg}");
        let svg = columns("t", "<i>", &[("<u>".to_owned(), [1, 0, 2])]);
        assert!(!svg.contains("<i>") && !svg.contains("<u>"), "{svg}");
        assert_eq!(svg.matches("<rect").count(), 2);
    }
}
