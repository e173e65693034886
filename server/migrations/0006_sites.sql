-- The site an attempt comes from (hashed): the /48 network of an IPv6 address, an IPv4 address itself. Where too many sign-ins are
-- under way, the site with most of them makes room.
ALTER TABLE attempts ADD COLUMN site_hash TEXT NOT NULL DEFAULT '';
CREATE INDEX attempts_by_site ON attempts (site_hash);
