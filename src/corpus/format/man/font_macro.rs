//! The macros of man(7) that set their arguments in a font.

use super::{
    arguments,
    inline::{Font, Inline},
};

/// Appends the text of a font macro; whether it was one that has text.
pub(super) fn font_macro(text: &mut Inline, name: &str, rest: &str) -> bool {
    use Font::{Bold, Italic, Roman};
    let fonts = match name {
        "B" | "SB" => [Bold, Bold],
        "I" => [Italic, Italic],
        "SM" | "R" => [Roman, Roman],
        "BR" => [Bold, Roman],
        "RB" => [Roman, Bold],
        "BI" => [Bold, Italic],
        "IB" => [Italic, Bold],
        "IR" | "MR" => [Italic, Roman],
        "RI" => [Roman, Italic],
        _ => return false,
    };
    let mut arguments = arguments(rest);
    if arguments.is_empty() {
        text.set_font(fonts[0]);
        return false;
    }
    if name == "MR" && arguments.len() > 1 {
        arguments[1] = format!("({})", arguments[1]);
    }
    for (number, argument) in arguments.iter().enumerate() {
        if number > 0 && fonts[0] == fonts[1] {
            text.push_in(fonts[0], " ");
        }
        text.push_in(fonts[number % 2], argument);
    }
    true
}
