-- The pass that is under way.
SELECT number, horizon, place, page, removed, began FROM retention_passes WHERE ended IS NULL
