-- The instant the figures stand for: the newest thing known in gold, never the clock of a build.
select
    max(known_from) as as_of,
    max(known_from)::date as as_of_day,
    max(known_from) - interval 7 day as week_before
from {{ ref("stg_gold__activity") }}
where boundary <> '{{ var("demonstration_boundary") }}'
