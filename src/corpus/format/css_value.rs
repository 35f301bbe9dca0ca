//! Values in CSS, as far as they can be told without a page: numbers, the functions of mathematics,
//! and variables.

use std::{borrow::Cow, collections::HashMap};

/// A value with more functions than these is left as it is.
const MOST_FUNCTIONS: usize = 128;
/// A value that its variables make longer than this is left as it is.
const LONGEST: usize = 4096;
/// A variable longer than this counts for nothing.
const LONGEST_VARIABLE: usize = 256;

/// The value with its variables put in, and its sums done.
pub(super) fn resolved<'a>(value: &'a str, custom: &HashMap<&str, &str>) -> Cow<'a, str> {
    /// In place of the parentheses that are not to be looked at again.
    const OPEN: char = '\u{1}';
    const CLOSE: char = '\u{2}';
    if !["calc(", "min(", "max(", "clamp(", "var("]
        .iter()
        .any(|function| value.contains(function))
    {
        return value.into();
    }
    let mut text = value.to_owned();
    for _ in 0..MOST_FUNCTIONS {
        if text.len() > LONGEST {
            break;
        }
        let Some(close) = text.find(')') else { break };
        let Some(open) = text[..close].rfind('(') else {
            break;
        };
        let begin = text[..open]
            .rfind(|c: char| !(c.is_ascii_alphanumeric() || c == '-'))
            .map_or(0, |before| before + 1);
        let inner = &text[open + 1..close];
        let numbers = || inner.split(',').map(sum).collect::<Option<Vec<_>>>();
        let least = |a: Number, b: Number| if a.pixels() <= b.pixels() { a } else { b };
        let most = |a: Number, b: Number| if a.pixels() >= b.pixels() { a } else { b };
        let number = match &text[begin..open] {
            "calc" | "" => sum(inner),
            "min" => numbers().and_then(|all| all.into_iter().reduce(least)),
            "max" => numbers().and_then(|all| all.into_iter().reduce(most)),
            "clamp" => numbers().and_then(|all| match all[..] {
                [low, wished, high] => Some(most(low, least(wished, high))),
                _ => None,
            }),
            "var" => {
                let (name, fallback) = inner.split_once(',').unwrap_or((inner, ""));
                let value = custom.get(name.trim()).copied().unwrap_or(fallback).trim();
                let value = if value.len() <= LONGEST_VARIABLE {
                    value
                } else {
                    ""
                };
                let value = value.replace('(', "\u{1}").replace(')', "\u{2}");
                text.replace_range(begin..=close, &value);
                continue;
            }
            _ => None,
        };
        match number {
            Some(Number { value, unit }) => {
                text.replace_range(begin..=close, &format!("{value}{unit}"));
            }
            None => {
                text.replace_range(close..=close, "\u{2}");
                text.replace_range(open..=open, "\u{1}");
            }
        }
    }
    text.replace(OPEN, "(").replace(CLOSE, ")").into()
}

/// What the functions of this name are given, one after the other: the numbers of it.
pub(super) fn arguments<'a>(
    value: &'a str,
    name: &'a str,
) -> impl Iterator<Item = Vec<(f64, &'a str)>> {
    value
        .match_indices(name)
        .take(MOST_FUNCTIONS)
        .filter_map(move |(at, _)| {
            let alone = !value[..at].ends_with(|c: char| c.is_ascii_alphanumeric() || c == '-');
            let inner = value[at + name.len()..]
                .strip_prefix('(')
                .filter(|_| alone)?;
            let inner = &inner[..inner.find(')').unwrap_or(inner.len())];
            let words = inner.split(|c: char| c == ',' || c.is_whitespace());
            let words = words
                .filter(|word| !word.is_empty())
                .take_while(|word| *word != "at");
            Some(words.filter_map(number).collect())
        })
}

/// `-9999px` -> -9999 and `px`.
pub(super) fn number(word: &str) -> Option<(f64, &str)> {
    let bytes = word.as_bytes();
    let digits = |from: usize| {
        let digits = bytes.get(from..).unwrap_or_default().iter();
        from + digits.take_while(|byte| byte.is_ascii_digit()).count()
    };
    let sign = usize::from(matches!(bytes.first(), Some(b'+' | b'-')));
    let mut end = digits(sign);
    if bytes.get(end) == Some(&b'.') {
        end = digits(end + 1);
    }
    if matches!(bytes.get(end), Some(b'e' | b'E')) {
        let sign = usize::from(matches!(bytes.get(end + 1), Some(b'+' | b'-')));
        let exponent = digits(end + 1 + sign);
        if exponent > end + 1 + sign {
            end = exponent;
        }
    }
    Some((word[..end].parse().ok()?, &word[end..]))
}

#[derive(Debug, Clone, Copy)]
struct Number {
    value: f64,
    unit: &'static str,
}

impl Number {
    fn of(word: &str) -> Option<Self> {
        let (value, unit) = number(word)?;
        const UNITS: [&str; 12] = [
            "", "em", "rem", "ex", "ch", "%", "vw", "vh", "deg", "turn", "rad", "grad",
        ];
        let known = UNITS.into_iter().find(|known| *known == unit);
        Some(Self {
            value,
            unit: known.unwrap_or("px"),
        })
    }

    /// About as many, for what has different units.
    fn pixels(self) -> f64 {
        match self.unit {
            "em" | "rem" | "ex" | "ch" => self.value * 16.0,
            "%" | "vw" | "vh" => self.value * 10.0,
            _ => self.value,
        }
    }

    fn plus(self, other: Self) -> Self {
        if self.unit == other.unit || self.unit.is_empty() {
            Self {
                value: self.value + other.value,
                unit: other.unit,
            }
        } else if other.unit.is_empty() {
            Self {
                value: self.value + other.value,
                unit: self.unit,
            }
        } else {
            Self {
                value: self.pixels() + other.pixels(),
                unit: "px",
            }
        }
    }
}

/// `1px + 2 * 3px`
fn sum(text: &str) -> Option<Number> {
    let spaced = text.replace('*', " * ").replace('/', " / ");
    let mut words = spaced.split_whitespace();
    let mut total = Number {
        value: 0.0,
        unit: "",
    };
    let mut product = Number::of(words.next()?)?;
    while let Some(operator) = words.next() {
        let next = Number::of(words.next()?)?;
        let unit = if product.unit.is_empty() {
            next.unit
        } else {
            product.unit
        };
        match operator {
            "*" => {
                product = Number {
                    value: product.value * next.value,
                    unit,
                }
            }
            "/" => {
                product = Number {
                    value: product.value / next.value,
                    unit,
                }
            }
            "+" | "-" => {
                total = total.plus(product);
                let sign = if operator == "-" { -1.0 } else { 1.0 };
                product = Number {
                    value: sign * next.value,
                    unit: next.unit,
                };
            }
            _ => return None,
        }
    }
    Some(total.plus(product)).filter(|sum| sum.value.is_finite())
}
