-- The pass that is under way.
SELECT number, horizon, place, page, removed FROM retention_passes WHERE ended IS NULL
