-- Hand-overs: a person signs in in a window of its own, and the frame that opened it gets the session (X3). Each step is a
-- compare-and-set on `stage`: begun, ready, taken. Whatever proves something is stored as a hash.
CREATE TABLE hand_overs (
    id TEXT NOT NULL PRIMARY KEY,
    stage TEXT NOT NULL,
    frame_hash TEXT NOT NULL,
    window_hash TEXT NOT NULL,
    ticket_hash TEXT NOT NULL,
    offer TEXT NOT NULL,
    expires BIGINT NOT NULL
);
CREATE INDEX hand_overs_by_expiry ON hand_overs (expires);

-- Sign-ins that were begun from a frame: for which hand-over, and with which guest's cart.
CREATE TABLE framed_attempts (
    attempt TEXT NOT NULL PRIMARY KEY,
    hand_over TEXT NOT NULL,
    guest TEXT NOT NULL,
    expires BIGINT NOT NULL
);
CREATE INDEX framed_attempts_by_expiry ON framed_attempts (expires);
