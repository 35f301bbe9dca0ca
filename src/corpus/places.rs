//! Paths of many folders in little memory: each is a name in the one above it.

use std::{
    ffi::OsStr,
    os::unix::ffi::OsStrExt as _,
    path::{Path, PathBuf},
};

/// A folder among [`Places`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place(u32);

/// Folders, the first of which all others lie in.
#[derive(Debug)]
pub struct Places {
    above: Vec<Place>,
    /// Where the name of each ends among the names.
    ends: Vec<u32>,
    names: Vec<u8>,
}

impl Places {
    /// The folder that all others lie in.
    pub const TOP: Place = Place(0);

    /// Only the top, by its path.
    pub fn below(top: &Path) -> Self {
        let names = top.as_os_str().as_bytes().to_vec();
        Self {
            above: vec![Self::TOP],
            ends: vec![u32::try_from(names.len()).unwrap_or(u32::MAX)],
            names,
        }
    }

    /// A folder in another. There is room for 4 GiB of names: beyond, the top stands for all folders.
    pub fn add(&mut self, above: Place, name: &OsStr) -> Place {
        let place = u32::try_from(self.above.len());
        let end = u32::try_from(self.names.len() + name.len());
        let (Ok(place), Ok(end)) = (place, end) else {
            return Self::TOP;
        };
        self.above.push(above);
        self.names.extend_from_slice(name.as_bytes());
        self.ends.push(end);
        Place(place)
    }

    /// Gives back the memory that was there for more.
    pub fn shrink(&mut self) {
        self.above.shrink_to_fit();
        self.ends.shrink_to_fit();
        self.names.shrink_to_fit();
    }

    /// The whole path of a folder.
    pub fn path(&self, place: Place) -> PathBuf {
        let mut names = Vec::new();
        let mut here = place;
        while here != Self::TOP {
            names.push(self.name(here));
            here = self
                .above
                .get(here.0 as usize)
                .copied()
                .unwrap_or(Self::TOP);
        }
        names.push(self.name(Self::TOP));
        names.iter().rev().collect()
    }

    fn name(&self, place: Place) -> &OsStr {
        let place = place.0 as usize;
        let end = |place: usize| self.ends.get(place).map_or(0, |end| *end as usize);
        let start = place.checked_sub(1).map_or(0, end);
        OsStr::from_bytes(self.names.get(start..end(place)).unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_has_the_path_that_it_was_given() {
        for top in ["", "/srv/docs", "/"] {
            let mut places = Places::below(Path::new(top));
            let a = places.add(Places::TOP, OsStr::new("a"));
            let b = places.add(a, OsStr::from_bytes(b"b \xff"));
            let c = places.add(Places::TOP, OsStr::new("c"));
            let path = |below: &[u8]| Path::new(top).join(OsStr::from_bytes(below));
            assert_eq!(places.path(Places::TOP), Path::new(top));
            assert_eq!(places.path(a), path(b"a"));
            assert_eq!(places.path(b), path(b"a/b \xff"));
            assert_eq!(places.path(c), path(b"c"));
        }
    }
}
