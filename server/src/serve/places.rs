//! Places for connections (reference/security.md §11): so many in all, and so many of them for one source.

use std::{
    collections::HashMap,
    net::IpAddr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use crate::{
    layers::source::{SHARES_OF_A_SITE, Source},
    settings::Proxies,
};

/// Why there is no place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Full {
    /// All are taken.
    All,
    /// This source has all that one may have.
    Source,
}

/// The places.
pub(super) struct Places {
    in_all: usize,
    from_one: usize,
    /// Each stands for many, and limits them itself.
    proxies: Proxies,
    taken: Mutex<Taken>,
}

#[derive(Default)]
struct Taken {
    in_all: usize,
    by: HashMap<String, usize>,
}

/// A taken place; free again when it is dropped.
pub(super) struct Place {
    places: Arc<Places>,
    by: Vec<String>,
}

impl Places {
    pub(super) fn new(in_all: usize, from_one: usize, proxies: Proxies) -> Arc<Self> {
        Arc::new(Self {
            in_all,
            from_one,
            proxies,
            taken: Mutex::default(),
        })
    }

    /// A place for a connection from there.
    pub(super) fn take(self: &Arc<Self>, peer: IpAddr) -> Result<Place, Full> {
        let shares = self.shares(peer);
        let mut taken = self.lock();
        for (whose, most) in &shares {
            if taken.by.get(whose).copied().unwrap_or_default() >= *most {
                return Err(Full::Source);
            }
        }
        if taken.in_all >= self.in_all {
            return Err(Full::All);
        }
        taken.in_all += 1;
        let by: Vec<String> = shares.into_iter().map(|(whose, _)| whose).collect();
        for whose in &by {
            *taken.by.entry(whose.clone()).or_default() += 1;
        }
        Ok(Place {
            places: Arc::clone(self),
            by,
        })
    }

    /// Among whose places it counts, and how many those may be.
    fn shares(&self, peer: IpAddr) -> Vec<(String, usize)> {
        if self.proxies.include(peer) {
            return Vec::new();
        }
        let source = Source(Some(peer));
        let of_site = self.from_one.saturating_mul(SHARES_OF_A_SITE as usize);
        let house = source.network().map(|house| (house, self.from_one));
        let site = source.site().map(|site| (site, of_site));
        house.into_iter().chain(site).collect()
    }

    fn lock(&self) -> MutexGuard<'_, Taken> {
        // What is counted is right at every unlock.
        self.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut taken = self.places.lock();
        taken.in_all -= 1;
        for whose in &self.by {
            if let Some(count) = taken.by.get_mut(whose) {
                *count -= 1;
                if *count == 0 {
                    taken.by.remove(whose);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn take(places: &Arc<Places>, peer: &str) -> Result<Place, Full> {
        places.take(peer.parse().unwrap())
    }

    #[test]
    fn section_11_one_source_has_its_share_of_the_connections_and_no_more() {
        let places = Places::new(100, 2, Proxies::parse("10.0.0.0/8").unwrap());
        let mut held = Vec::new();
        for (peer, full) in [
            ("203.0.113.9", None),
            ("203.0.113.9", None),
            ("203.0.113.9", Some(Full::Source)),
            ("::ffff:203.0.113.9", Some(Full::Source)),
            ("203.0.113.10", None),
            // A house with IPv6 is one source, whatever it calls itself.
            ("2001:db8:1:1::1", None),
            ("2001:db8:1:1::2", None),
            ("2001:db8:1:1::3", Some(Full::Source)),
            // A site has several houses, and still an end.
            ("2001:db8:1:2::1", None),
            ("2001:db8:1:3::1", None),
            ("2001:db8:1:4::1", None),
            ("2001:db8:1:5::1", None),
            ("2001:db8:1:6::1", None),
            ("2001:db8:1:7::1", None),
            ("2001:db8:1:8::1", Some(Full::Source)),
            ("2001:db8:2:1::1", None),
            // A proxy stands for many.
            ("10.0.0.1", None),
            ("10.0.0.1", None),
            ("10.0.0.1", None),
        ] {
            match take(&places, peer) {
                Ok(place) => {
                    assert_eq!(full, None, "{peer}");
                    held.push(place);
                }
                Err(why) => assert_eq!(full, Some(why), "{peer}"),
            }
        }
        drop(held);
        assert!(take(&places, "203.0.113.9").is_ok());
        assert!(places.lock().by.is_empty(), "nothing is left behind");
    }

    #[test]
    fn section_11_a_place_is_free_again_when_its_connection_is_gone() {
        let places = Places::new(2, 2, Proxies::default());
        let (first, second) = (take(&places, "192.0.2.1"), take(&places, "192.0.2.2"));
        assert_eq!(take(&places, "192.0.2.3").err(), Some(Full::All));
        drop(first);
        let third = take(&places, "192.0.2.3");
        assert!(second.is_ok() && third.is_ok());
        assert_eq!(take(&places, "192.0.2.4").err(), Some(Full::All));
    }
}
