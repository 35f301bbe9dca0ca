//! Formulas in MathML -> one line that says the same: `1/2`, `x^2+√y`, `∑_{i=1}^n`.

use super::inline::collapse;
use super::tree::{Data, NodeId, Tree};

/// Formulas nest this deep; what is deeper is written as its text.
const MAX_NESTING: u32 = 60;

/// A formula in one line.
pub(super) fn line(tree: &Tree, math: NodeId) -> String {
    let mut out = String::new();
    row(tree, math, MAX_NESTING, &mut out);
    collapse(&out)
}

fn row(tree: &Tree, node: NodeId, left: u32, out: &mut String) {
    for child in tree.children(node) {
        term(tree, child, left, out);
    }
}

fn term(tree: &Tree, node: NodeId, left: u32, out: &mut String) {
    let name = match tree.data(node) {
        Data::Text(text) => return token(text, out),
        Data::Element(name, _) => &*name.local,
        Data::Other => return,
    };
    let Some(left) = left.checked_sub(1) else {
        for part in tree.descendants(node) {
            if let Some(text) = tree.text(part) {
                token(text, out);
            }
        }
        return;
    };
    let parts: Vec<NodeId> = tree
        .children(node)
        .filter(|&child| matches!(tree.data(child), Data::Element(..)))
        .collect();
    let part = |index: usize| {
        let mut text = String::new();
        if let Some(&part) = parts.get(index) {
            term(tree, part, left, &mut text);
        }
        text.trim().to_owned()
    };
    match name {
        "annotation" | "annotation-xml" | "mphantom" | "none" | "mprescripts" => {}
        "semantics" => out.push_str(&part(0)),
        "mtext" | "ms" => {
            let text: String = tree.children(node).filter_map(|n| tree.text(n)).collect();
            out.push_str(&text);
        }
        "mspace" => out.push(' '),
        "mfrac" => {
            out.push_str(&grouped(&part(0), ('(', ')')));
            out.push('/');
            out.push_str(&grouped(&part(1), ('(', ')')));
        }
        "msqrt" => {
            let mut text = String::new();
            row(tree, node, left, &mut text);
            out.push('√');
            out.push_str(&grouped(text.trim(), ('(', ')')));
        }
        "mroot" => {
            out.push_str(&format!("√[{}]", part(1)));
            out.push_str(&grouped(&part(0), ('(', ')')));
        }
        "msup" | "mover" => script(out, &part(0), "", &part(1), name == "mover"),
        "msub" | "munder" => script(out, &part(0), &part(1), "", false),
        "msubsup" | "munderover" | "mmultiscripts" => {
            script(out, &part(0), &part(1), &part(2), false);
        }
        "mfenced" => {
            let fence = |name: &str, usual: char| {
                let mut attributes = tree.attributes(node).iter();
                let own = attributes.find(|a| &*a.name.local == name);
                own.map_or_else(|| usual.to_string(), |own| own.value.to_string())
            };
            let inner: Vec<String> = (0..parts.len()).map(part).collect();
            out.push_str(&fence("open", '('));
            out.push_str(&inner.join(", "));
            out.push_str(&fence("close", ')'));
        }
        "mtable" => {
            let rows: Vec<String> = (0..parts.len()).map(part).collect();
            let single = rows.len() == 1;
            out.push_str(&if single {
                rows.concat()
            } else {
                format!("[{}]", rows.join("; "))
            });
        }
        "mtr" | "mlabeledtr" => {
            let cells: Vec<String> = (0..parts.len()).map(part).collect();
            out.push_str(&cells.join(", "));
        }
        _ => row(tree, node, left, out),
    }
}

/// A base with what stands below and above it.
fn script(out: &mut String, base: &str, below: &str, above: &str, accent: bool) {
    out.push_str(base);
    if accent && let Some(mark) = combining(above) {
        out.push(mark);
        return;
    }
    for (sign, text) in [('_', below), ('^', above)] {
        if !text.is_empty() {
            out.push(sign);
            out.push_str(&grouped(text, ('{', '}')));
        }
    }
    // `∑_{i=1}^n x`
    if base.chars().all(|c| !c.is_alphanumeric()) {
        out.push(' ');
    }
}

/// A sign over a letter, as a letter has it in text.
fn combining(sign: &str) -> Option<char> {
    Some(match sign {
        "¯" | "‾" | "_" => '\u{304}',
        "^" | "ˆ" | "\u{302}" => '\u{302}',
        "~" | "˜" => '\u{303}',
        "→" | "\u{20d7}" => '\u{20d7}',
        "˙" => '\u{307}',
        "¨" => '\u{308}',
        _ => return None,
    })
}

/// In brackets, where it is more than one number, name or bracket.
fn grouped(text: &str, (open, close): (char, char)) -> String {
    let word = text.chars().count() == 1
        || text
            .chars()
            .all(|c| c.is_ascii_digit() || matches!(c, '.' | ','))
        || open == '(' && text.chars().all(char::is_alphanumeric);
    if word {
        text.to_owned()
    } else {
        format!("{open}{text}{close}")
    }
}

/// A token's text: the signs that only say how to read it go, and blanks around it.
fn token(text: &str, out: &mut String) {
    out.extend(
        text.trim()
            .chars()
            .filter(|c| !matches!(c, '\u{2061}'..='\u{2064}' | '\u{200b}')),
    );
}

#[cfg(test)]
mod tests {
    use super::super::fragment_to_markdown;

    #[test]
    fn formulas_say_what_their_layout_says() {
        for (math, expected) in [
            ("<mfrac><mn>1</mn><mn>2</mn></mfrac>", "1/2"),
            (
                "<msup><mi>x</mi><mn>2</mn></msup><mo>+</mo><msqrt><mi>y</mi></msqrt>",
                "`x^2+√y`",
            ),
            (
                "<mfrac><mrow><mi>a</mi><mo>+</mo><mi>b</mi></mrow><mi>c</mi></mfrac>",
                "(a+b)/c",
            ),
            (
                "<munderover><mo>∑</mo><mrow><mi>i</mi><mo>=</mo><mn>1</mn></mrow><mi>n</mi></munderover><msub><mi>x</mi><mi>i</mi></msub>",
                "`∑_{i=1}^n x_i`",
            ),
            (
                "<mo>(</mo><mtable><mtr><mtd><mn>1</mn></mtd><mtd><mn>0</mn></mtd></mtr><mtr><mtd><mn>0</mn></mtd><mtd><mn>1</mn></mtd></mtr></mtable><mo>)</mo>",
                "`([1, 0; 0, 1])`",
            ),
            ("<mroot><mi>x</mi><mn>3</mn></mroot>", "`√[3]x`"),
            ("<mfenced><mi>a</mi><mi>b</mi></mfenced>", "(a, b)"),
            (
                "<semantics><mrow><mi>a</mi></mrow><annotation encoding='application/x-tex'>\\alpha</annotation></semantics>",
                "`\\alpha`",
            ),
        ] {
            let markdown = fragment_to_markdown(&format!("<p><math>{math}</math></p>"));
            assert_eq!(markdown, expected, "{math}");
        }
    }
}
