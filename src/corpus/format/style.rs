//! What attributes say of whether an element is seen.

/// Whether a style keeps what it is for from being seen: not displayed, transparent, without any
/// size, or moved off the page.
pub(super) fn hides(style: &str) -> bool {
    let mut tiny = [false; 2];
    let mut cut = false;
    for declaration in plain(style).split(';') {
        let Some((property, value)) = declaration.split_once(':') else {
            continue;
        };
        let value = value.split('!').next().unwrap_or_default();
        let words: Vec<&str> = value.split_whitespace().collect();
        let first = words.first().copied().unwrap_or_default();
        let number = number(first);
        let hides = match property.trim() {
            "display" => first == "none",
            "visibility" => matches!(first, "hidden" | "collapse"),
            "content-visibility" => first == "hidden",
            "opacity" => {
                number.is_some_and(|(opacity, unit)| opacity < if unit == "%" { 5.0 } else { 0.05 })
            }
            "filter" => value.contains("opacity(0)") || value.contains("opacity(0%)"),
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
            "transform" | "translate" | "scale" => {
                let zero = value.replace(' ', "");
                zero.contains("scale(0)")
                    || zero.contains("scale(0,")
                    || zero.contains("scalex(0)")
                    || zero.contains("scaley(0)")
                    || property.trim() == "scale" && number.is_some_and(|(scale, _)| scale == 0.0)
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
                value.contains("inset(50%")
                    || value.contains("inset(100%")
                    || value.contains("circle(0")
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

/// Whether a class of the frameworks that sites are made with keeps an element from being seen.
pub(super) fn is_hiding_class(class: &str) -> bool {
    matches!(
        class,
        "sr-only" | "visually-hidden" | "visuallyhidden" | "screen-reader-text"
    )
}

/// In lower case, without `/* comments */` and escapes.
fn plain(style: &str) -> String {
    let mut out = String::with_capacity(style.len());
    let mut rest = style;
    while let Some(at) = rest.find(['/', '\\']) {
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
            if digits > 0 {
                rest = rest.strip_prefix(char::is_whitespace).unwrap_or(rest);
            }
        } else {
            out.push('/');
            rest = &rest[1..];
        }
    }
    out.push_str(rest);
    out.make_ascii_lowercase();
    out
}

/// `-9999px` -> -9999 and `px`.
fn number(word: &str) -> Option<(f64, &str)> {
    let end = word
        .find(|c: char| !(c.is_ascii_digit() || matches!(c, '.' | '-' | '+')))
        .unwrap_or(word.len());
    let number: f64 = word[..end].parse().ok()?;
    Some((number, &word[end..]))
}

/// No letter of this size is read.
fn is_tiny((size, unit): (f64, &str)) -> bool {
    match unit {
        "em" | "rem" | "ex" | "ch" => size < 0.1,
        "%" | "vw" | "vh" => size < 1.0,
        _ => size <= 1.0,
    }
}

fn is_far_away((distance, unit): (f64, &str)) -> bool {
    let pixels = match unit {
        "em" | "rem" | "ex" | "ch" => distance * 16.0,
        "%" | "vw" | "vh" => distance * 10.0,
        _ => distance,
    };
    // Not of the other side: pages grow to the right and below.
    pixels <= -900.0 || pixels >= 9_000.0
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
    let alpha = alpha.and_then(number);
    color == "transparent"
        || alpha.is_some_and(|(alpha, unit)| alpha < if unit == "%" { 5.0 } else { 0.05 })
}

#[cfg(test)]
mod tests {
    use super::hides;

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
        ] {
            assert!(!hides(style), "{style}");
        }
    }
}
