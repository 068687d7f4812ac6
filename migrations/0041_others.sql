-- Others who act for a customer: somebody tells us that the account holder has died, is insolvent or in a breathing space; and
-- helpers whom customers let see and do a part of what they can themselves.
--
-- What was told is personal, of the customer and of whoever told it. It stands here and in no event.

create table life_events (
  id text not null primary key,
  -- `LE-…`, what people quote. Also the reason of its holds.
  reference text not null,
  -- 'died', 'insolvent', 'breathing_space'.
  happened text not null,
  -- 'told', 'contradicted' (by its customer), 'confirmed', 'dismissed', 'ended'.
  state text not null,
  -- Null until it is known whom it is about. Nobody who tells us something learns which it is.
  customer_id text references customers (id),
  -- Who told it, as they say: 'executor', 'family', 'trustee', 'adviser', 'myself', 'other'.
  told_by text not null,
  -- As typed (JSON: fields and their values); read again each time it is used.
  told text not null,
  language text not null,
  told_at bigint not null,
  -- What was promised: the end of that day.
  answer_by bigint not null,
  times_late bigint not null,
  -- Who of the staff confirmed or dismissed it.
  decided_by text,
  decided_at bigint,
  -- When it ends by itself: a breathing space that was confirmed.
  ends_at bigint,
  ended_at bigint,
  -- The letter to whoever stands in for the customer, and the one at the end.
  document_id text references documents (id),
  end_document_id text references documents (id),
  constraint life_events_reference_once unique (reference)
);
create index life_events_to_decide on life_events (answer_by) where state in ('told', 'contradicted');
create index life_events_by_customer on life_events (customer_id, told_at);
create index life_events_to_end on life_events (ends_at) where state = 'confirmed';
create index holds_by_life_event on holds (reason) where kind in ('told', 'deceased', 'insolvency', 'breathing_space');
-- Whom a report may be about, where no reference was given.
create index customers_by_birth on customers (date_of_birth, postal_code_normalised);
