-- What falls due is read in pages, each beginning where the last one ended: with the whole order in the index a page costs what is
-- on it, and not everything that falls due on the same day.
drop index instalments_by_due;
create index instalments_by_due on instalments (due_on, agreement_id, number);
drop index collections_to_look_at;
create index collections_to_look_at on collections (look_on, agreement_id, version, instalment_number)
  where state in ('announced', 'planned');
drop index jobs_due;
create index jobs_due on jobs (run_at, id) where done_at is null;
