//! What attributes and rules of style say of whether an element is seen.

use super::css_value::{arguments, number, resolved};
use std::collections::{HashMap, HashSet};

/// Whether a style keeps what it is for from being seen: not displayed, transparent, without any
/// size, or moved off the page.
pub(super) fn hides(style: &str) -> bool {
    let style = plain(style);
    let mut custom = HashMap::new();
    if style.contains("--") {
        let declared = style.split(';').filter_map(|part| part.split_once(':'));
        let declared = declared.map(|(property, value)| (property.trim(), value.trim()));
        custom.extend(declared.filter(|(property, _)| property.starts_with("--")));
    }
    let mut tiny = [false; 2];
    let mut cut = false;
    for declaration in style.split(';') {
        let Some((property, value)) = declaration.split_once(':') else {
            continue;
        };
        let value = value.split('!').next().unwrap_or_default();
        let value = &*resolved(value, &custom);
        let words: Vec<&str> = value.split_whitespace().collect();
        let first = words.first().copied().unwrap_or_default();
        let number = number(first);
        let hides = match property.trim() {
            "display" => first == "none",
            "visibility" => matches!(first, "hidden" | "collapse"),
            "content-visibility" => first == "hidden",
            "opacity" | "zoom" => number.is_some_and(is_next_to_nothing),
            "filter" => arguments(value, "opacity")
                .any(|of| of.first().is_some_and(|of| is_next_to_nothing(*of))),
            "letter-spacing" => number.is_some_and(|size| pixels(size) <= -8.0),
            "font-size" => number.is_some_and(is_tiny),
            // `0/0 a`, `italic 0px serif`
            "font" => words.iter().any(|word| {
                let size = word.split('/').next().unwrap_or_default();
                self::number(size)
                    .is_some_and(|size| size.0 == 0.0 || !size.1.is_empty() && is_tiny(size))
            }),
            "color" | "-webkit-text-fill-color" => is_transparent(value),
            "text-indent" | "left" | "right" | "top" | "bottom" | "margin" | "margin-left"
            | "margin-top" | "inset" | "inset-inline-start" => words
                .iter()
                .any(|word| self::number(word).is_some_and(is_far_away)),
            "transform" | "translate" | "scale" | "rotate" => {
                let flat = |name: &str| {
                    arguments(value, name)
                        .any(|of| of.iter().take(2).any(|of| is_next_to_nothing(*of)))
                };
                let turned = |name: &str| arguments(value, name).flatten().any(is_edge_on);
                ["scale", "scalex", "scaley", "scale3d"].into_iter().any(flat)
                    || ["rotatex", "rotatey"].into_iter().any(turned)
                    || arguments(value, "matrix").any(|of| {
                        matches!(of[..], [(a, _), (b, _), (c, _), (d, _), ..] if (a * d - b * c).abs() < 0.01)
                    })
                    || property.trim() == "scale" && number.is_some_and(is_next_to_nothing)
                    || property.trim() == "rotate"
                        && words.iter().any(|word| matches!(*word, "x" | "y"))
                        && words.iter().any(|word| self::number(word).is_some_and(is_edge_on))
                    || value
                        .split(['(', ',', ')', ' '])
                        .any(|word| self::number(word).is_some_and(is_far_away))
            }
            "clip" => {
                let edges: Vec<f64> = value
                    .split(['(', ',', ')', ' '])
                    .filter_map(|word| Some(self::number(word)?.0))
                    .collect();
                value.contains("rect") && edges.len() == 4 && edges.iter().all(|edge| *edge <= 1.0)
            }
            "clip-path" => {
                arguments(value, "inset").any(|edges| leaves_nothing(&edges))
                    || arguments(value, "polygon").any(|points| is_without_area(&points))
                    || ["circle", "ellipse"].into_iter().any(|shape| {
                        arguments(value, shape).any(|of| of.first().is_some_and(|of| is_tiny(*of)))
                    })
            }
            "width" | "max-width" | "inline-size" => {
                tiny[0] |= number.is_some_and(is_tiny);
                false
            }
            "height" | "max-height" | "block-size" | "line-height" => {
                tiny[1] |= number.is_some_and(is_tiny);
                false
            }
            "overflow" | "overflow-x" | "overflow-y" => {
                cut |= words.iter().any(|word| matches!(*word, "hidden" | "clip"));
                false
            }
            _ => false,
        };
        if hides {
            return true;
        }
    }
    cut && tiny.contains(&true)
}

/// Whether a style hides as pages do what their readers may have shown: not displayed, or without
/// height.
pub(super) fn folds(style: &str) -> bool {
    let style = plain(style);
    let rest: Vec<&str> = style
        .split(';')
        .filter(|declaration| {
            let property = declaration.split(':').next().unwrap_or_default().trim();
            !matches!(property, "display" | "visibility" | "height" | "max-height")
        })
        .collect();
    hides(&style) && !hides(&rest.join(";"))
}

/// Whether classes of the frameworks that sites are made with keep an element from being seen, on
/// screens of every size.
pub(super) fn is_hidden_by_class(classes: &str) -> bool {
    let (mut hidden, mut shown) = (false, false);
    for class in classes.split_ascii_whitespace() {
        match class {
            "sr-only" | "visually-hidden" | "visuallyhidden" | "screen-reader-text" => return true,
            "hidden" | "is-hidden" | "d-none" => hidden = true,
            // `md:block`, `d-lg-flex`
            _ => {
                let wider = class
                    .split_once(':')
                    .or_else(|| class.strip_prefix("d-")?.split_once('-'));
                shown |= wider.is_some_and(|(size, display)| {
                    matches!(size, "sm" | "md" | "lg" | "xl" | "xxl" | "2xl" | "dark")
                        && !matches!(display, "none" | "hidden")
                });
            }
        }
    }
    hidden && !shown
}

/// The classes and ids that the rules of a page keep from being seen, by one class or id alone.
#[derive(Debug, Default)]
pub(super) struct Sheet {
    /// With their `.` or `#`.
    hidden: HashSet<String>,
}

impl Sheet {
    pub(super) fn add(&mut self, css: &str) {
        /// Properties that rules show again what others hide with.
        const SHOWING: [&str; 4] = ["display", "visibility", "opacity", "height"];
        let css = plain(css);
        let mut depth = 0u32;
        let mut selector = "";
        let mut start = 0;
        let mut shown = HashSet::new();
        for (at, brace) in css.match_indices(['{', '}', ';']) {
            let part = css[start..at].trim();
            start = match brace {
                "{" => at + 1,
                // Declarations are read whole.
                ";" if !selector.is_empty() => continue,
                _ => at + 1,
            };
            match brace {
                "{" => {
                    // Within `@media` and the like, rules hold sometimes.
                    selector = if part.starts_with('@') { "" } else { part };
                    depth += 1;
                }
                "}" => {
                    let hides = hides(part);
                    let shows = !hides && SHOWING.iter().any(|property| part.contains(property));
                    for selector in selector.split(',').map(str::trim) {
                        if hides && depth == 1 && is_simple(selector) {
                            self.hidden.insert(selector.to_owned());
                        } else if shows {
                            shown.extend(simple_parts(selector).map(str::to_owned));
                        }
                    }
                    selector = "";
                    depth = depth.saturating_sub(1);
                }
                _ => {}
            }
        }
        for selector in shown {
            self.hidden.remove(&selector);
        }
    }

    /// Whether an element with this class or id (`.class`, `#id`) is hidden.
    pub(super) fn hides(&self, mark: char, name: &str) -> bool {
        !self.hidden.is_empty()
            && self
                .hidden
                .contains(&format!("{mark}{}", name.to_ascii_lowercase()))
    }

    pub(super) fn is_empty(&self) -> bool {
        self.hidden.is_empty()
    }
}

fn is_simple(selector: &str) -> bool {
    let name = selector.strip_prefix(['.', '#']).unwrap_or_default();
    !name.is_empty() && name.chars().all(is_of_name)
}

/// The classes and ids in a selector.
fn simple_parts(selector: &str) -> impl Iterator<Item = &str> {
    selector.match_indices(['.', '#']).map(|(at, _)| {
        let name = &selector[at + 1..];
        let end = name.find(|c| !is_of_name(c)).unwrap_or(name.len());
        &selector[at..at + 1 + end]
    })
}

fn is_of_name(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '-' | '_')
}

/// In lower case, without `/* comments */`, escapes and what stands in quotes.
fn plain(style: &str) -> String {
    let mut out = String::with_capacity(style.len());
    let mut rest = style;
    while let Some(at) = rest.find(['/', '\\', '"', '\'']) {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        if let Some(comment) = rest.strip_prefix("/*") {
            rest = comment.split_once("*/").map_or("", |(_, after)| after);
        } else if let Some(escape) = rest.strip_prefix('\\') {
            let digits = escape
                .bytes()
                .take(6)
                .take_while(u8::is_ascii_hexdigit)
                .count();
            let code = u32::from_str_radix(&escape[..digits], 16).ok();
            out.extend(code.and_then(char::from_u32));
            rest = &escape[digits..];
            let mut chars = rest.chars();
            if digits > 0 {
                rest = rest.strip_prefix(char::is_whitespace).unwrap_or(rest);
            } else if let Some(c) = chars.next() {
                out.push(c);
                rest = chars.as_str();
            }
        } else if let Some(quote) = rest.chars().next().filter(|c| *c != '/') {
            rest = behind_string(&rest[1..], quote);
        } else {
            out.push('/');
            rest = &rest[1..];
        }
    }
    out.push_str(rest);
    out.make_ascii_lowercase();
    out
}

/// What follows a string; one that is not closed ends with its line.
fn behind_string(text: &str, quote: char) -> &str {
    let mut escaped = false;
    for (at, c) in text.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '\n' => return &text[at..],
            c if c == quote => return &text[at + 1..],
            _ => {}
        }
    }
    ""
}

/// No letter of this size is read.
fn is_tiny((size, unit): (f64, &str)) -> bool {
    match unit {
        "em" | "rem" | "ex" | "ch" => size < 0.1,
        "%" | "vw" | "vh" => size < 1.0,
        _ => size <= 1.0,
    }
}

fn is_next_to_nothing((part, unit): (f64, &str)) -> bool {
    part < if unit == "%" { 5.0 } else { 0.05 }
}

fn pixels((distance, unit): (f64, &str)) -> f64 {
    match unit {
        "em" | "rem" | "ex" | "ch" => distance * 16.0,
        "%" | "vw" | "vh" => distance * 10.0,
        _ => distance,
    }
}

fn is_far_away(distance: (f64, &str)) -> bool {
    let pixels = pixels(distance);
    // Not of the other side: pages grow to the right and below.
    pixels <= -900.0 || pixels >= 9_000.0
}

/// Whether what is turned by this angle, around an axis in the page, shows its edge.
fn is_edge_on((angle, unit): (f64, &str)) -> bool {
    let degrees = match unit {
        "turn" => angle * 360.0,
        "rad" => angle.to_degrees(),
        "grad" => angle * 0.9,
        "deg" => angle,
        _ => return false,
    };
    (degrees.rem_euclid(180.0) - 90.0).abs() < 2.0
}

/// Whether an inset by these edges (top, right, bottom, left, as in CSS) leaves nothing.
fn leaves_nothing(edges: &[(f64, &str)]) -> bool {
    let edge = |of: [usize; 3]| {
        let edge = of.into_iter().find_map(|index| edges.get(index));
        edge.map_or(0.0, |(size, unit)| match *unit {
            "%" => *size,
            // Of a page's part a thousand pixels high or wide.
            _ => pixels((*size, unit)) / 10.0,
        })
    };
    edge([0, 0, 0]) + edge([2, 0, 0]) >= 99.0 || edge([1, 0, 0]) + edge([3, 1, 0]) >= 99.0
}

fn is_without_area(numbers: &[(f64, &str)]) -> bool {
    let points: Vec<(f64, f64)> = numbers
        .chunks_exact(2)
        .map(|point| (pixels(point[0]), pixels(point[1])))
        .collect();
    let next = points.iter().cycle().skip(1);
    let doubled: f64 = points
        .iter()
        .zip(next)
        .map(|(a, b)| a.0 * b.1 - b.0 * a.1)
        .sum();
    !points.is_empty() && doubled.abs() < 4.0
}

fn is_transparent(color: &str) -> bool {
    let color: String = color.chars().filter(|c| !c.is_whitespace()).collect();
    if let Some(digits) = color.strip_prefix('#') {
        return match digits.len() {
            4 => digits.ends_with('0'),
            8 => digits.ends_with("00"),
            _ => false,
        };
    }
    let alpha = color.strip_suffix(')').and_then(|color| {
        let channels = color.split_once('(')?.1;
        match channels.split_once('/') {
            Some((_, alpha)) => Some(alpha),
            None => channels.split(',').nth(3),
        }
    });
    color == "transparent" || alpha.and_then(number).is_some_and(is_next_to_nothing)
}

#[cfg(test)]
mod tests {
    use super::{Sheet, hides, is_hidden_by_class};

    #[test]
    fn what_is_not_seen() {
        for style in [
            "display:none",
            "color: red; DISPLAY : none !important",
            "dis/**/play:none",
            "d\\69splay:n\\6f ne",
            "opacity:\\30",
            "visibility: hidden",
            "opacity:0",
            "opacity: 0.0 ;",
            "opacity:1%",
            "font-size:0",
            "font-size: 0px; color: red",
            "font-size:.01em",
            "font-size:1px",
            "font:0/0 a",
            "font: italic 0px serif",
            "color:transparent",
            "color: rgba(0, 0, 0, 0)",
            "color:rgb(0 0 0 / 0%)",
            "color:#ffffff00",
            "text-indent:-9999px",
            "position:absolute;left:-10000px",
            "position:fixed; top: -999em",
            "margin-left:-9999px",
            "transform:scale(0)",
            "transform: translateX(-9999px)",
            "clip:rect(0,0,0,0);position:absolute",
            "clip: rect(1px, 1px, 1px, 1px)",
            "clip-path: inset(50%)",
            "width:0;height:0;overflow:hidden",
            "height:1px; overflow: hidden",
            "max-height:0;overflow:hidden",
            "font-size:calc(0px)",
            "font-size: calc((1px - 1px) * 4)",
            "font-size:min(0px, 1em)",
            "font-size:clamp(0px, 0px, 1em)",
            "font-size:var(--x, 0)",
            "--x:0; font-size:var(--x)",
            "display:var(--x,none)",
            "opacity:calc(1 - 1)",
            "font-size:9e-9px",
            "opacity:1E-3",
            "content:'/*';display:none",
            "font-family:\"a;/*\", serif; display:none; x:\"*/\"",
            "zoom:0",
            "zoom:1%",
            "filter:opacity(0)",
            "filter: blur(0) opacity( 0.0% )",
            "filter:opacity(1e-4)",
            "letter-spacing:-99em",
            "letter-spacing:-20px",
            "transform:rotateY(90deg)",
            "transform: rotateX( .25turn )",
            "rotate: y 270deg",
            "transform:scale(0.0)",
            "transform:scale3d(0,0,0)",
            "transform:scale(1, 0)",
            "transform:matrix(0,0,0,0,1,1)",
            "clip-path:polygon(0 0)",
            "clip-path:polygon(0 0, 0 0, 0 0)",
            "clip-path:inset(0 0 0 100%)",
            "clip-path:circle(0px at 50%)",
            "clip-path:ellipse(0 0)",
        ] {
            assert!(hides(style), "{style}");
        }
    }

    #[test]
    fn what_is_seen() {
        for style in [
            "",
            "display:block",
            "opacity:0.5",
            "font-size:10px",
            "font-size:0.8em",
            "font: 12px/1.5 serif",
            "font: bold 1em sans-serif",
            "color:rgb(0,0,0)",
            "color:rgba(0,0,0,.8)",
            "color:#f00",
            "color:#ff0000",
            "text-indent:-1.5em",
            "margin-left:-20px",
            "width:0",
            "width:100%;overflow:hidden",
            "height:0",
            "left:0;top:0",
            "transform:rotate(0)",
            "background:url(x?display:none)",
            "font-family:\"display:none\"",
            "content:';display:none'",
            "font-size:calc(1em + 2px)",
            "font-size:clamp(1rem, 2vw, 3rem)",
            "width:min(100%, 40em); overflow:hidden",
            "--x:0;font-size:var(--y, 1em)",
            "zoom:1",
            "filter:opacity(50%)",
            "letter-spacing:-.02em",
            "transform:rotate(90deg)",
            "transform:rotateY(180deg)",
            "transform:scale(1.5)",
            "transform:matrix(1,0,0,1,0,0)",
            "clip-path:polygon(0 0, 100% 0, 100% 100%)",
            "clip-path:inset(10%)",
            "clip-path:circle(40%)",
        ] {
            assert!(!hides(style), "{style}");
        }
    }

    #[test]
    fn classes_that_hide() {
        for classes in [
            "x sr-only",
            "hidden",
            "d-none x",
            "is-hidden",
            "hidden lg:hidden",
            "d-none d-x",
        ] {
            assert!(is_hidden_by_class(classes), "{classes}");
        }
        for classes in [
            "",
            "x",
            "hidden lg:block",
            "d-none d-md-block",
            "overflow-hidden",
            "d-block",
        ] {
            assert!(!is_hidden_by_class(classes), "{classes}");
        }
    }

    #[test]
    fn rules_of_a_page() {
        let mut sheet = Sheet::default();
        sheet.add(
            "@import 'x.css'; /* .note{display:none} */ .a{display:none} .b, #c { color:red; opacity:0; }\n\
             @media print { .d { display:none } nav.x { color: red } } .e{display:none} .e.active{display:block}\n\
             p .f{display:none} .g{color:red} .h{x:'}';display:none} .I{display:none}",
        );
        for (mark, name, hidden) in [
            ('.', "a", true),
            ('.', "b", true),
            ('#', "c", true),
            ('.', "c", false),
            ('.', "d", false),
            ('.', "e", false),
            ('.', "f", false),
            ('.', "g", false),
            ('.', "h", true),
            ('.', "I", true),
            ('.', "note", false),
        ] {
            assert_eq!(sheet.hides(mark, name), hidden, "{mark}{name}");
        }
    }
}
