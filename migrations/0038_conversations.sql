-- Secure messages: what customers and the team write to one another stays in the portal, as conversations. Before this a message of
-- somebody who is signed in was a row of contact_requests that was answered elsewhere; those become conversations here, under the
-- references people know. What strangers write before they sign in, and what customers write back to our e-mail, stays there.

create table conversations (
  id text not null primary key,
  -- `M-…`, what people quote. Also the reason of the holds that wait for an answer (holds.kind 'stop_asked').
  reference text not null,
  customer_id text not null references customers (id),
  -- What it is about; null for nothing in particular.
  account_id text references accounts (id),
  -- 'changed', 'payment', 'agreement', 'details', 'other'; 'not-right' has a page of its own.
  topic text not null,
  -- In the customer's own words; empty where the topic says it all.
  subject text not null,
  language text not null,
  -- 'waiting' for the team, 'answered', 'closed'.
  state text not null,
  -- While it waits: the end of the promised day, where its customer lives.
  answer_by bigint,
  -- The day that was promised first and not kept; null again once it is answered.
  late_since bigint,
  -- Where an answer was asked for when answers left the portal; empty since.
  reply_to text not null,
  created_at bigint not null,
  -- When something was last written.
  updated_at bigint not null,
  -- The number of the last message its customer has seen: an answer after that is unread.
  seen_number bigint not null,
  closed_at bigint,
  closed_by text,
  constraint conversations_reference_once unique (reference)
);
create index conversations_by_customer on conversations (customer_id, updated_at);
create index conversations_waiting on conversations (answer_by) where state = 'waiting';

-- What was written, in its order. Never changed. A customer's message has the id of the case of what is attached to it
-- (evidence_cases).
create table conversation_messages (
  id text not null primary key,
  conversation_id text not null references conversations (id),
  number bigint not null,
  -- 'customer' or 'team'.
  writer text not null,
  -- Who of the team; null for the customer.
  staff text,
  words text not null,
  written_at bigint not null,
  -- Of the form it came from: sent twice, it is there once. Null for the team.
  sent_key text,
  constraint conversation_messages_number_once unique (conversation_id, number),
  constraint conversation_messages_sent_once unique (sent_key)
);

-- What a customer has typed and not sent: one new message, and one reply in each conversation, on any device. Its id becomes that of the
-- message.
create table message_drafts (
  id text not null primary key,
  customer_id text not null references customers (id),
  conversation_id text references conversations (id),
  -- Field names and what was typed (JSON).
  typed text not null,
  -- Also says which state of it a page has shown.
  revision bigint not null,
  updated_at bigint not null
);
create unique index message_drafts_new on message_drafts (customer_id) where conversation_id is null;
create unique index message_drafts_reply on message_drafts (conversation_id) where conversation_id is not null;

insert into conversations (id, reference, customer_id, account_id, topic, subject, language, state, answer_by, late_since, reply_to,
  created_at, updated_at, seen_number, closed_at, closed_by)
select r.id, r.reference, a.customer_id, r.account_id, r.kind, '', r.language,
  case when r.answered_at is null then 'waiting' else 'closed' end,
  case when r.answered_at is null then r.answer_by end,
  null, r.reply_to, r.created_at, r.created_at, 1, r.answered_at, r.answered_by
from contact_requests r
join accounts a on a.id = r.account_id
where r.kind in ('changed', 'other');

insert into conversation_messages (id, conversation_id, number, writer, staff, words, written_at, sent_key)
select r.id, r.id, 1, 'customer', null, r.message, r.created_at, r.id
from contact_requests r
join accounts a on a.id = r.account_id
where r.kind in ('changed', 'other');

delete from contact_requests where account_id is not null and kind in ('changed', 'other');

-- Two optional questions once something is over. That somebody was asked, about what, and whether they said "no thank you".
create table feedback_asks (
  -- The reference of the agreement, dispute, review or conversation: nobody is asked twice about one.
  thing text not null primary key,
  customer_id text not null references customers (id),
  asked_at bigint not null,
  -- 'asked', 'answered', 'declined'.
  state text not null
);
create index feedback_asks_by_customer on feedback_asks (customer_id, asked_at);

-- What was answered, with nobody's name beside it: no customer, no reference, no more than the day.
create table feedback_answers (
  -- By chance alone: it does not say when.
  id text not null primary key,
  answered_on text not null,
  -- 'agreement', 'dispute', 'hardship', 'conversation'.
  about text not null,
  -- 'very_good', 'good', 'all_right', 'not_good', 'bad'; null where it was left out.
  how text,
  -- 0 to 10.
  recommend bigint,
  words text not null,
  language text not null
);
create index feedback_answers_by_day on feedback_answers (answered_on);
