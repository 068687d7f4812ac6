-- Asking for a hardship review: the case as its customer tells it, and every step of it.
--
-- The words of a case are personal. They stand here and in no event.

create table hardship_cases (
  id text not null primary key,
  reference text not null,
  customer_id text not null references customers (id),
  -- From which account it was begun: its documents are filed there. A case is about all of a customer's accounts.
  account_id text not null references accounts (id),
  -- 'draft', 'received', 'more_needed', 'approved', 'not_approved', 'withdrawn'.
  state text not null,
  -- As typed (JSON: fields and their values), so that nothing is lost; read again each time it is used.
  told text not null,
  budget text not null,
  language text not null,
  created_at bigint not null,
  updated_at bigint not null,
  sent_at bigint,
  -- By when a person decides; while more is needed, until when it is waited for.
  decide_by bigint,
  -- How often somebody else was asked to look at a refusal, and how often a promised day passed.
  appeals bigint not null,
  times_late bigint not null,
  constraint hardship_cases_reference_once unique (reference)
);
create unique index hardship_cases_one_draft on hardship_cases (customer_id) where state = 'draft';
create unique index hardship_cases_one_open on hardship_cases (customer_id) where state in ('received', 'more_needed');
create index hardship_cases_by_customer on hardship_cases (customer_id, created_at);
create index hardship_cases_to_decide on hardship_cases (decide_by) where state in ('received', 'more_needed');

-- What happened with a case, in its order. Never changed.
create table hardship_steps (
  id text not null primary key,
  case_id text not null references hardship_cases (id),
  number bigint not null,
  at bigint not null,
  -- 'sent', 'asked', 'answered', 'went_on', 'late', 'approved', 'declined', 'appealed', 'withdrawn'.
  step text not null,
  -- What was written: the question, the answer, the reasons; empty for none.
  words text not null,
  -- Why it was declined, as picked.
  reason text,
  -- Who of the staff; null for the customer and for time passing.
  staff text,
  -- Until when something is promised or open from here.
  until bigint,
  -- What was opened (JSON).
  relief text,
  document_id text references documents (id),
  constraint hardship_steps_number_once unique (case_id, number)
);
create index hardship_steps_relief on hardship_steps (case_id, until) where relief is not null;

-- What a customer let us remember, so that nobody has to tell it twice. Forgotten means deleted.
create table circumstances (
  customer_id text not null primary key references customers (id),
  -- As it was sent (JSON), without the words.
  told text not null,
  -- The text that was agreed to.
  consent text not null,
  language text not null,
  given_at bigint not null
);

create index holds_by_reason on holds (reason) where kind = 'hardship';
