-- How many payments a customer began in the last day: asked each time another is begun.
create index payments_by_customer on payments (customer_id, created_at);
