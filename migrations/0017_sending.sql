-- How messages leave: by e-mail, by text message or by post; what is known of each way to a customer; what they want; the print
-- queue. The outbox itself is the contact log: what was sent to whom, when, by which channel, and what waits for which reason.

-- The account it is about, where it is about one: its holds count.
alter table outbox add column account_id text;
-- 'asked_for', 'answer', 'notice', 'reminder': which rules of domain/contact/gate apply.
alter table outbox add column weight text not null default 'answer';
-- From then on it is of no more use and is not sent.
alter table outbox add column expires_at bigint;
-- The short form for a telephone; null where this message has none.
alter table outbox add column body_short text;
-- When the gate let it go: from then on it counts among the messages of a week.
alter table outbox add column decided_at bigint;
-- Who carried it: 'smtp', 'http', 'sandbox', 'print'.
alter table outbox add column carrier text;
-- It takes the place of this message, which came back: it goes by post.
alter table outbox add column instead_of text;
-- It came back, or was called unwanted.
alter table outbox add column bounced_at bigint;
alter table outbox add column complained_at bigint;

-- The state 'printing' is new: the message stands in the print queue.
drop index outbox_waiting_by_customer;
create index outbox_waiting_by_customer on outbox (customer_id) where state in ('waiting', 'sending', 'printing');
-- The messages of a week to one customer.
create index outbox_log on outbox (customer_id, decided_at) where decided_at is not null;

-- What was learned of a channel, each time it was. A row is ended, never changed otherwise.
create table channel_marks (
  id text not null primary key,
  customer_id text not null references customers (id),
  -- 'email', 'text', 'letter'; 'all' for "stop contacting me".
  channel text not null,
  -- 'stopped' (asked not to use it), 'complained' (called a message unwanted), 'unusable' (came back for good),
  -- 'undelivered' (came back for now), 'stopped_contact'.
  mark text not null,
  -- What came back came back from here: another address is not marked by it. Null where the whole channel is meant.
  address text,
  -- 'page', 'one_click', 'reply', 'delivery_report', 'feedback_report', 'mail_server', 'text_carrier', 'operator', 'customer'.
  learned_from text not null,
  message_id text,
  learned_at bigint not null,
  ended_at bigint
);
create index channel_marks_by_customer on channel_marks (customer_id) where ended_at is null;

-- Consent to a channel that needs it, with the text that was agreed to.
create table channel_consents (
  id text not null primary key,
  customer_id text not null references customers (id),
  channel text not null,
  -- The number that was consented for.
  address text not null,
  text_version text not null,
  language text not null,
  -- 'operator' (told us in person or on paper), 'customer'.
  given_by text not null,
  given_at bigint not null,
  withdrawn_at bigint
);
create unique index channel_consents_one_live on channel_consents (customer_id, channel) where withdrawn_at is null;

-- What the stop link in a message leads to: one token for a customer's channel, kept as its digest only.
create table stop_tokens (
  token_digest text not null primary key,
  customer_id text not null references customers (id),
  channel text not null,
  created_at bigint not null
);

-- Letters to be printed. The file is that of the document, or the message itself, set once when it came here.
create table print_queue (
  outbox_id text not null primary key references outbox (id),
  customer_id text not null references customers (id),
  -- The name of its file.
  reference text not null,
  -- 'queued', 'printed'.
  state text not null,
  bytes bytea not null,
  file_sha256 text not null,
  queued_at bigint not null,
  printed_at bigint
);
create index print_queue_waiting on print_queue (queued_at) where state = 'queued';
