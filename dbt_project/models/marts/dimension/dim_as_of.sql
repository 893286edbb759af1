select as_of, as_of_day, week_before from {{ ref("int_as_of") }}
