//! Documents of an index, grouped by the page that they belong to.

/// The documents of page `p` are `documents[starts[p]..starts[p + 1]]`.
pub(super) struct ByPage {
    starts: Vec<u32>,
    documents: Vec<u32>,
}

impl ByPage {
    /// Groups documents by the page of each; those of no page among `pages` are left out.
    pub(super) fn new(page_of: &[u32], pages: usize) -> Self {
        let mut starts = vec![0u32; pages + 1];
        for page in page_of {
            if let Some(count) = starts.get_mut(*page as usize + 1) {
                *count += 1;
            }
        }
        for page in 1..starts.len() {
            starts[page] += starts[page - 1];
        }
        let mut next = starts.clone();
        let total = starts.last().copied().unwrap_or_default();
        let mut documents = vec![0; total as usize];
        for (document, page) in (0u32..).zip(page_of) {
            if (*page as usize) < pages {
                let place = &mut next[*page as usize];
                documents[*place as usize] = document;
                *place += 1;
            }
        }
        Self { starts, documents }
    }

    /// The documents of a page, in the order of their numbers.
    pub(super) fn of(&self, page: u32) -> &[u32] {
        let place = page as usize;
        &self.documents[self.starts[place] as usize..self.starts[place + 1] as usize]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn documents_are_found_by_their_page() {
        let grouped = ByPage::new(&[2, 0, u32::MAX, 2, 0], 3);
        assert_eq!(grouped.of(0), [1, 4]);
        assert_eq!(grouped.of(1), [0u32; 0]);
        assert_eq!(grouped.of(2), [0, 3]);
    }
}
