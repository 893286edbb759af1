select
    meter.meter_id,
    meter.enterprise_code,
    enterprise.enterprise_name,
    enterprise.sector,
    meter.medium,
    meter.unit,
    meter.covers,
    meter.covered_energy_share,
    meter.accuracy_class,
    meter.calibrated_on,
    meter.calibration_due,
    meter.calibration_due < (select max(as_of_day) from {{ ref("int_as_of") }}) as is_calibration_overdue,
    meter.district_code,
    meter.known_from,
    meter.record_id
from {{ ref("stg_silver__meter") }} as meter
left join {{ ref("dim_enterprise") }} as enterprise using (enterprise_code)
where meter.known_to is null
