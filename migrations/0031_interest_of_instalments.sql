-- What interest an agreement adds on the day of each instalment, as its signed terms say. It is booked on that day
-- (services::plan_interest), once. Agreements signed before this keep zero: nothing is added to them.
alter table instalments add column interest_minor bigint not null default 0;
create index instalments_with_interest on instalments (due_on, agreement_id, number) where interest_minor > 0;
