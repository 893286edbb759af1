-- Grain: energy activity, with its independent variance.
select
    line.*,
    {{ dec("power(line.coal_calorific_tce::double * line.activity_rsu, 2)") }} as coal_calorific_variance_tce2
from {{ ref("fct_energy_line") }} as line
