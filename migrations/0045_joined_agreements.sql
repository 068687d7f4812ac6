-- An account can join an agreement that runs already: it gets an agreement of its own, on the same days, which says which one it joined.
-- Each keeps its own plan, books, disputes and versions; together they are what their customer calls one agreement.

-- The first of them; null for the first itself, and for one that no account joined. Not a foreign key: a backup is put back row by row, and
-- a row may come before the one it names.
alter table agreements add column joined_to text;
create index agreements_by_joined_to on agreements (joined_to) where joined_to is not null;
