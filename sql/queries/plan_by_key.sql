-- For the rest of a transaction: no table is read whole, however little is in it yet.
SELECT set_config('enable_seqscan', 'off', true), set_config('plan_cache_mode', 'force_custom_plan', true)
