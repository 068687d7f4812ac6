-- What customers want of how they are reached, said by themselves: days and times that suit, places that do not, paper or not, who
-- speaks for them. What stops a channel stays in channel_marks, consents in channel_consents.
--
-- channel_marks.mark is also 'inconvenient_place': what stands in `address` is at a place such as work, and is not used (12 CFR
-- 1006.6(b)(1)). channel_consents.channel is also 'documents': electronic documents in place of paper (15 USC 7001(c)).

create table contact_wishes (
  customer_id text not null primary key references customers (id),
  -- What suits, of 'mon' to 'sun' and of 'morning', 'afternoon', 'evening'; with commas, never empty.
  days text not null,
  day_parts text not null,
  -- Where they say they are: one more zone whose hours are kept. Null: not said.
  time_zone text,
  -- 'welcome', 'unwanted'; null: not said.
  calls text,
  -- Places that are inconvenient, in their own words.
  places text not null,
  -- 'electronic', 'on_paper'; null: not said.
  papers text,
  -- Their attorney or adviser, with whom alone we speak (12 CFR 1006.6(b)(2)).
  adviser_name text,
  adviser_contact text,
  adviser_since bigint,
  updated_at bigint not null
);

-- The very words that were agreed to; null in consents from before.
alter table channel_consents add column agreed_text text;
