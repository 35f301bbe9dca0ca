//! The content of a page (ISO 32000-2, sections 8 and 9): what text it shows, and where.

use super::font::Font;
use super::object::{File, Lexer, Object};
use std::collections::HashMap;
use std::rc::Rc;

/// Operators of one file.
const MAX_OPERATORS: usize = 20_000_000;
/// Forms in one another.
const MAX_FORMS: usize = 8;
/// Forms that all pages show, each time counted.
const MAX_SHOWN_FORMS: usize = 50_000;
/// Smaller text is not read by people, in points.
const LEAST_SIZE: f64 = 1.5;

/// A stretch of text on a page, in points from its lower left corner.
#[derive(Debug, Clone)]
pub(super) struct Stretch {
    pub(super) x: f64,
    pub(super) y: f64,
    pub(super) end: f64,
    pub(super) size: f64,
    pub(super) is_code: bool,
    pub(super) text: String,
}

type Matrix = [f64; 6];
const SAME: Matrix = [1.0, 0.0, 0.0, 1.0, 0.0, 0.0];

fn times(a: Matrix, b: Matrix) -> Matrix {
    [
        a[0] * b[0] + a[1] * b[2],
        a[0] * b[1] + a[1] * b[3],
        a[2] * b[0] + a[3] * b[2],
        a[2] * b[1] + a[3] * b[3],
        a[4] * b[0] + a[5] * b[2] + b[4],
        a[4] * b[1] + a[5] * b[3] + b[5],
    ]
}

#[derive(Clone)]
struct State {
    matrix: Matrix,
    font: Option<Rc<Font>>,
    size: f64,
    character_space: f64,
    word_space: f64,
    scale: f64,
    leading: f64,
    rise: f64,
    is_invisible: bool,
    is_white: bool,
}

/// Shows pages, one after another.
pub(super) struct Interpreter<'f, 'a> {
    file: &'f File<'a>,
    fonts: HashMap<u32, Rc<Font>>,
    left: usize,
    forms_left: usize,
    out: Vec<Stretch>,
    /// Something that is not white has been painted: white text may be seen on it.
    is_painted: bool,
    bounds: [f64; 4],
}

impl<'f, 'a> Interpreter<'f, 'a> {
    pub(super) fn new(file: &'f File<'a>) -> Self {
        Self {
            file,
            fonts: HashMap::new(),
            left: MAX_OPERATORS,
            forms_left: MAX_SHOWN_FORMS,
            out: Vec::new(),
            is_painted: false,
            bounds: [0.0; 4],
        }
    }

    pub(super) fn page(
        &mut self,
        content: &[u8],
        resources: &HashMap<String, Object>,
        bounds: [f64; 4],
    ) -> Vec<Stretch> {
        self.bounds = bounds;
        self.is_painted = false;
        let state = State {
            matrix: SAME,
            font: None,
            size: 0.0,
            character_space: 0.0,
            word_space: 0.0,
            scale: 1.0,
            leading: 0.0,
            rise: 0.0,
            is_invisible: false,
            is_white: false,
        };
        self.run(content, resources, state, 0);
        std::mem::take(&mut self.out)
    }

    fn run(
        &mut self,
        content: &[u8],
        resources: &HashMap<String, Object>,
        mut state: State,
        depth: usize,
    ) {
        let fonts = self.file.dict_of(resources, "Font").unwrap_or_default();
        let forms = self.file.dict_of(resources, "XObject").unwrap_or_default();
        let mut by_name: HashMap<String, Rc<Font>> = HashMap::new();
        let mut lexer = Lexer::new(content, 0);
        let mut operands: Vec<Object> = Vec::new();
        let mut saved: Vec<State> = Vec::new();
        let (mut text, mut line) = (SAME, SAME);
        while let Some(object) = lexer.next() {
            let Object::Word(word) = object else {
                if operands.len() < 512 {
                    operands.push(object);
                }
                continue;
            };
            let Some(left) = self.left.checked_sub(1) else {
                return;
            };
            self.left = left;
            let number = |at: usize| operands.get(at).and_then(Object::number).unwrap_or(0.0);
            match word.as_slice() {
                b"q" if saved.len() < 256 => saved.push(state.clone()),
                b"Q" => state = saved.pop().unwrap_or(state),
                b"cm" => {
                    let matrix = std::array::from_fn(number);
                    state.matrix = times(matrix, state.matrix);
                }
                b"BT" => (text, line) = (SAME, SAME),
                b"Tc" => state.character_space = number(0),
                b"Tw" => state.word_space = number(0),
                b"Tz" => state.scale = number(0) / 100.0,
                b"TL" => state.leading = number(0),
                b"Ts" => state.rise = number(0),
                b"Tr" => {
                    state.is_invisible = matches!(operands.first(), Some(Object::Number(mode)) if *mode == 3.0 || *mode == 7.0);
                }
                b"Tf" => {
                    state.size = number(1);
                    state.font = operands.first().and_then(Object::name).and_then(|name| {
                        if let Some(font) = by_name.get(name) {
                            return Some(Rc::clone(font));
                        }
                        let font = self.font(fonts.get(name)?)?;
                        by_name.insert(name.to_owned(), Rc::clone(&font));
                        Some(font)
                    });
                }
                b"Td" | b"TD" => {
                    if word == b"TD" {
                        state.leading = -number(1);
                    }
                    line = times([1.0, 0.0, 0.0, 1.0, number(0), number(1)], line);
                    text = line;
                }
                b"Tm" => {
                    line = std::array::from_fn(number);
                    text = line;
                }
                b"T*" => {
                    line = times([1.0, 0.0, 0.0, 1.0, 0.0, -state.leading], line);
                    text = line;
                }
                b"Tj" => self.show(&state, &mut text, &operands),
                b"'" | b"\"" => {
                    if word == b"\"" {
                        state.word_space = number(0);
                        state.character_space = number(1);
                    }
                    line = times([1.0, 0.0, 0.0, 1.0, 0.0, -state.leading], line);
                    text = line;
                    let last = operands.last().cloned();
                    self.show(&state, &mut text, last.as_slice());
                }
                b"TJ" => {
                    if let Some(Object::List(parts)) = operands.first() {
                        self.show(&state, &mut text, parts);
                    }
                }
                b"g" | b"sc" | b"scn" | b"rg" => {
                    let numbers: Vec<f64> = operands.iter().filter_map(Object::number).collect();
                    state.is_white = match numbers.len() {
                        1 | 3 => numbers.iter().all(|it| *it >= 0.98),
                        4 => numbers.iter().all(|it| *it <= 0.02),
                        _ => false,
                    };
                }
                b"k" => state.is_white = (0..4).all(|at| number(at) <= 0.02),
                b"cs" => state.is_white = false,
                b"f" | b"F" | b"f*" | b"B" | b"B*" | b"b" | b"b*" => {
                    self.is_painted |= !state.is_white;
                }
                b"sh" => self.is_painted = true,
                b"ID" => lexer.skip_inline_image(),
                b"Do" => {
                    let form = operands
                        .first()
                        .and_then(Object::name)
                        .and_then(|name| forms.get(name));
                    if let Some(form) = form.filter(|_| depth < MAX_FORMS) {
                        self.form(form, resources, &state, depth);
                    }
                }
                _ => {}
            }
            operands.clear();
        }
    }

    fn form(
        &mut self,
        form: &Object,
        resources: &HashMap<String, Object>,
        state: &State,
        depth: usize,
    ) {
        let Some(left) = self.forms_left.checked_sub(1) else {
            return;
        };
        self.forms_left = left;
        // A picture is not looked into.
        let Some(head) = self.file.dict(form) else {
            return;
        };
        if self.file.key(&head, "Subtype").name() != Some("Form") {
            self.is_painted = true;
            return;
        }
        let Some((head, content)) = self.file.stream(form) else {
            return;
        };
        let mut inner = state.clone();
        if let Object::List(matrix) = self.file.key(&head, "Matrix") {
            let number = |at: usize| matrix.get(at).and_then(Object::number).unwrap_or(0.0);
            inner.matrix = times(std::array::from_fn(number), inner.matrix);
        }
        let own = self.file.dict_of(&head, "Resources");
        self.run(
            &content,
            own.as_ref().unwrap_or(resources),
            inner,
            depth + 1,
        );
    }

    fn font(&mut self, object: &Object) -> Option<Rc<Font>> {
        if let Object::Reference(number) = object
            && let Some(font) = self.fonts.get(number)
        {
            return Some(Rc::clone(font));
        }
        let font = Rc::new(Font::read(self.file, &self.file.dict(object)?));
        if let Object::Reference(number) = object
            && self.fonts.len() < 4_096
        {
            self.fonts.insert(*number, Rc::clone(&font));
        }
        Some(font)
    }

    fn show(&mut self, state: &State, text: &mut Matrix, parts: &[Object]) {
        let Some(font) = &state.font else {
            return;
        };
        let place = times(*text, state.matrix);
        // How large a letter is on the page.
        let scale = (place[2].powi(2) + place[3].powi(2)).sqrt();
        let size = (state.size * scale).abs();
        let mut shown = String::new();
        let mut along = 0.0;
        for part in parts {
            match part {
                Object::Text(codes) => {
                    self.left = self.left.saturating_sub(codes.len());
                    for (characters, width, is_space) in font.codes(codes) {
                        shown.push_str(&characters);
                        let space = if is_space { state.word_space } else { 0.0 };
                        along += (width / 1_000.0 * state.size + state.character_space + space)
                            * state.scale;
                    }
                }
                Object::Number(back) => {
                    // A gap as wide as a space is one, whether it is written or not.
                    if *back < -180.0 && !shown.ends_with(' ') && !shown.is_empty() {
                        shown.push(' ');
                    }
                    along -= back / 1_000.0 * state.size * state.scale;
                }
                _ => {}
            }
        }
        let rise = times([1.0, 0.0, 0.0, 1.0, 0.0, state.rise], place);
        *text = times([1.0, 0.0, 0.0, 1.0, along, 0.0], *text);
        let end = times(*text, state.matrix)[4];
        let (x, y) = (rise[4], place[5]);
        let [left, bottom, right, top] = self.bounds;
        let is_outside = x < left - 1.0 || x > right || y < bottom - 1.0 || y > top;
        let is_hidden =
            state.is_invisible || size < LEAST_SIZE || (state.is_white && !self.is_painted);
        if is_outside || is_hidden || shown.is_empty() || self.left == 0 {
            return;
        }
        self.out.push(Stretch {
            x,
            y,
            end,
            size,
            is_code: font.is_code,
            text: shown,
        });
    }
}
