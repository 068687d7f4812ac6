-- Which parts of a debt a payment paid, by the order the policy gave at that moment. What a reversal undid is a line of its
-- own, with a negative amount.

create table payment_components (
  payment_id text not null references payments (id),
  line bigint not null,
  -- 'principal', 'interest', 'fees', 'credit' (more than was owed).
  component text not null,
  amount_minor bigint not null,
  reversal_id text,
  primary key (payment_id, line)
);
