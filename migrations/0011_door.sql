-- How many forms came to one door before signing in: one row per who and window, whatever is sent, so that nobody fills
-- the database by knocking. The subject is a keyed digest of an address or of a link's token, as in sign_in_attempts.
create table door_tallies (
  subject text not null,
  window_started_at bigint not null,
  let_in bigint not null,
  -- At least so many more were turned away; noted by doublings, not one by one.
  turned_away bigint not null,
  constraint door_tallies_once primary key (subject, window_started_at)
);
create index door_tallies_by_window on door_tallies (window_started_at);
