-- Whoever adopts may be killed: then nothing is to go on for hours for nobody, under locks. A server
-- that cannot notice does without.
DO $$
BEGIN
    PERFORM set_config('client_connection_check_interval', '1s', true);
EXCEPTION WHEN invalid_parameter_value THEN
    NULL;
END
$$
