-- What proves that the browser that finishes a sign-in is the one that brought the answer (hashed); the attempt's cookie proves that
-- it is the one that began.
ALTER TABLE attempts ADD COLUMN landing_hash TEXT NOT NULL DEFAULT '';
CREATE INDEX attempts_by_landing ON attempts (landing_hash);
