-- What a version changed of the one before, as it was chosen (JSON); null for the first.
alter table agreement_versions add column change text;
-- The days its payments follow (JSON); null for one payment, and where it was signed before this was kept.
alter table agreement_versions add column pattern text;

-- What a customer wants to change and has not signed: one for each agreement, on any device.
create table change_drafts (
  agreement_id text not null primary key references agreements (id),
  customer_id text not null references customers (id),
  -- The version it is a change of.
  version bigint not null,
  change text not null,
  updated_at bigint not null
);
