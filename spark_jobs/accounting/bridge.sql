-- From the lines of a former closing (former_line) to those of a later one (later_line) of the same month: what changed,
-- and why. Grain of the result: boundary × account × sector × enterprise × object × period × activity type × scope × gas ×
-- chain × cause; account `official` is the official account of either closing. In t, DECIMAL: former + changes = later,
-- exactly, since every part is a difference of published figures or the remainder of one.
-- change_counted_t is the part that moves the city total (counted, no memo item); never add up accounts or boundaries.
WITH line AS (
  SELECT 0 AS side, * FROM former_line UNION ALL BY NAME SELECT 1 AS side, * FROM later_line
),
keyed AS (
  SELECT *,
    list_filter(
      list_transform(
        list_zip(string_split(factor_id, '*'), string_split(factor_version, '*')),
        pair -> pair[1] || '@' || coalesce(pair[2], '')
      ),
      part -> NOT starts_with(part, 'measured:')
    ) AS library_parts,
    len(string_split(factor_id, 'measured:')) - 1 AS measured_parts
  FROM line
),
summed AS (
  SELECT side, boundary, account, entity_id, object_id, period, activity_type, scope, gas, chain,
    min(sector) AS sector,
    sum(mass_t)::DECIMAL(38, 15) AS mass_t,
    sum(CASE WHEN counted THEN mass_t ELSE 0 END)::DECIMAL(38, 15) AS counted_t,
    bool_or(counted) AS counted,
    sum(quantity) AS quantity,
    min(unit) AS unit,
    list_sort(list_distinct(list(method))) AS methods,
    list_sort(list_distinct(flatten(list(library_parts)))) AS library_parts,
    sum(measured_parts) AS measured_parts,
    list_sort(list_distinct(flatten(list(source_record_ids)))) AS records,
    list_sort(list(emission_id)) AS emission_ids,
    max(known_from) AS known_from,
    max(activity_known_from) AS activity_known_from
  FROM keyed GROUP BY ALL
),
-- Records that either closing reckoned, by enterprise; with the boundary, and without.
record AS (
  SELECT side, entity_id, boundary, list_distinct(flatten(list(records))) AS records FROM summed GROUP BY ALL
),
record_anywhere AS (
  SELECT side, entity_id, list_distinct(flatten(list(records))) AS records FROM record GROUP BY ALL
),
pair AS (
  SELECT
    coalesce(l.boundary, f.boundary) AS boundary, coalesce(l.account, f.account) AS account,
    coalesce(l.entity_id, f.entity_id) AS entity_id, coalesce(l.object_id, f.object_id) AS object_id,
    coalesce(l.period, f.period) AS period, coalesce(l.activity_type, f.activity_type) AS activity_type,
    coalesce(l.scope, f.scope) AS scope, coalesce(l.gas, f.gas) AS gas, coalesce(l.chain, f.chain) AS chain,
    f.sector AS former_sector, coalesce(l.sector, f.sector) AS sector,
    coalesce(f.mass_t, 0)::DECIMAL(38, 15) AS former_t, coalesce(l.mass_t, 0)::DECIMAL(38, 15) AS later_t,
    coalesce(f.counted_t, 0)::DECIMAL(38, 15) AS former_counted_t,
    coalesce(l.counted_t, 0)::DECIMAL(38, 15) AS later_counted_t,
    CASE WHEN l.entity_id IS NULL THEN f.counted ELSE l.counted END AS counted,
    f.entity_id IS NULL AS is_new, l.entity_id IS NULL AS is_gone,
    f.records <> l.records AS record_changed,
    f.methods <> l.methods AS method_changed,
    CASE
      WHEN f.measured_parts = l.measured_parts THEN f.library_parts <> l.library_parts
      WHEN len(f.library_parts) > len(l.library_parts) THEN NOT list_has_all(f.library_parts, l.library_parts)
      ELSE NOT list_has_all(l.library_parts, f.library_parts)
    END AS factor_changed,
    CASE WHEN f.quantity <> 0 AND f.unit = l.unit THEN l.quantity / f.quantity - 1 END AS quantity_change,
    coalesce(l.records, f.records) AS records,
    l.known_from > l.activity_known_from AND l.activity_known_from <= $former_as_of AS is_answered_since,
    coalesce(f.emission_ids, []) AS former_emission_ids, coalesce(l.emission_ids, []) AS later_emission_ids
  FROM (SELECT * FROM summed WHERE side = 0) AS f
  FULL JOIN (SELECT * FROM summed WHERE side = 1) AS l
    USING (boundary, account, entity_id, object_id, period, activity_type, scope, gas, chain)
),
placed AS (
  SELECT pair.*,
    coalesce(list_has_any(pair.records, here.records), FALSE) AS record_is_here,
    coalesce(list_has_any(pair.records, anywhere.records), FALSE) AS record_is_elsewhere
  FROM pair
  LEFT JOIN record AS here
    ON here.side = CASE WHEN is_new THEN 0 ELSE 1 END AND here.entity_id = pair.entity_id AND here.boundary = pair.boundary
  LEFT JOIN record_anywhere AS anywhere
    ON anywhere.side = CASE WHEN is_new THEN 0 ELSE 1 END AND anywhere.entity_id = pair.entity_id
),
-- What the correction of a quantity alone would have changed, at the former factor; the rest is the factor's or method's.
judged AS (
  SELECT *,
    CASE
      WHEN is_new THEN CASE WHEN record_is_here THEN 'method' WHEN record_is_elsewhere THEN 'boundary'
        WHEN is_answered_since THEN 'factor' ELSE 'late_data' END
      WHEN is_gone THEN CASE WHEN record_is_here THEN 'method' WHEN record_is_elsewhere THEN 'boundary' ELSE 'correction' END
      WHEN method_changed THEN 'method'
      WHEN factor_changed THEN 'factor'
      WHEN record_changed THEN 'correction'
      WHEN quantity_change <> 0 THEN 'method'
      ELSE 'factor'
    END AS cause,
    CASE
      WHEN is_new OR is_gone OR NOT record_changed OR NOT (method_changed OR factor_changed) THEN 0
      -- from next to nothing: the proportion means nothing
      WHEN quantity_change IS NULL OR abs(quantity_change) > 1e6 THEN later_t - former_t
      ELSE (former_t::DOUBLE * quantity_change)::DECIMAL(38, 15)
    END::DECIMAL(38, 15) AS corrected_t
  FROM placed
),
part AS (
  SELECT *, cause AS why, (later_t - former_t - corrected_t)::DECIMAL(38, 15) AS whole,
    CASE WHEN counted THEN later_t - former_t - corrected_t ELSE 0 END::DECIMAL(38, 15) AS city
  FROM judged WHERE NOT (is_gone OR is_new)
  UNION ALL BY NAME
  SELECT *, 'correction' AS why, corrected_t AS whole,
    CASE WHEN counted THEN corrected_t ELSE 0 END::DECIMAL(38, 15) AS city
  FROM judged WHERE NOT (is_gone OR is_new)
  UNION ALL BY NAME  -- no longer counted, or counted since: the boundary of the total moved
  SELECT *, 'boundary' AS why, 0::DECIMAL(38, 15) AS whole,
    (later_counted_t - former_counted_t - CASE WHEN counted THEN later_t - former_t ELSE 0 END)::DECIMAL(38, 15) AS city
  FROM judged WHERE NOT (is_gone OR is_new)
  UNION ALL BY NAME
  SELECT *, cause AS why, (later_t - former_t)::DECIMAL(38, 15) AS whole,
    (later_counted_t - former_counted_t)::DECIMAL(38, 15) AS city
  FROM judged WHERE is_gone OR is_new
  UNION ALL BY NAME  -- from one sector to another
  SELECT * REPLACE (former_sector AS sector), 'boundary' AS why, -former_t AS whole, -former_counted_t AS city
  FROM judged WHERE former_sector <> sector
  UNION ALL BY NAME
  SELECT *, 'boundary' AS why, former_t AS whole, former_counted_t AS city FROM judged WHERE former_sector <> sector
),
by_account AS (
  SELECT boundary, account, sector, entity_id, object_id, period, activity_type, scope, gas, chain, why AS cause,
    whole AS change_t, city AS change_counted_t, former_emission_ids, later_emission_ids
  FROM part
),
chosen AS (
  SELECT entity_id, boundary,
    max(CASE WHEN side = 0 AND is_official THEN account END) AS former_account,
    max(CASE WHEN side = 1 AND is_official THEN account END) AS later_account
  FROM line GROUP BY ALL
),
-- From an enterprise's former official account to its later one: changes of the later account where the former closing
-- has it, too (then the difference of both accounts, as they were, is a change of method); else one change of method.
official AS (
  SELECT chosen.*, former_account IS DISTINCT FROM later_account AS is_switched,
    EXISTS (SELECT 1 FROM line WHERE line.side = 0 AND line.entity_id = chosen.entity_id
      AND line.boundary = chosen.boundary AND line.account = chosen.later_account) AS later_was_there,
    EXISTS (SELECT 1 FROM line WHERE line.side = 1 AND line.entity_id = chosen.entity_id
      AND line.boundary = chosen.boundary AND line.account = chosen.former_account) AS former_is_there
  FROM chosen
),
followed AS (
  SELECT *,
    CASE
      WHEN later_account IS NULL THEN CASE WHEN NOT former_is_there THEN former_account END
      WHEN NOT is_switched OR later_was_there OR former_account IS NULL THEN later_account
    END AS account
  FROM official
),
switch_line AS (
  SELECT l.* REPLACE (-l.mass_t AS mass_t), 0 AS side
  FROM official AS o JOIN former_line AS l
    ON l.entity_id = o.entity_id AND l.boundary = o.boundary AND l.account = o.former_account
  WHERE o.is_switched AND (o.later_account IS NOT NULL OR o.former_is_there)
  UNION ALL BY NAME
  SELECT l.*, 0 AS side
  FROM official AS o JOIN former_line AS l
    ON l.entity_id = o.entity_id AND l.boundary = o.boundary AND l.account = o.later_account
  WHERE o.is_switched AND o.later_was_there
  UNION ALL BY NAME
  SELECT l.*, 1 AS side
  FROM official AS o JOIN later_line AS l
    ON l.entity_id = o.entity_id AND l.boundary = o.boundary AND l.account = o.later_account
  WHERE o.is_switched AND o.former_account IS NOT NULL AND NOT o.later_was_there
),
every AS (
  SELECT * FROM by_account
  UNION ALL BY NAME
  SELECT by_account.* REPLACE ('official' AS account) FROM by_account SEMI JOIN followed USING (entity_id, boundary, account)
  UNION ALL BY NAME
  SELECT boundary, 'official' AS account, sector, entity_id, '' AS object_id, '' AS period, '' AS activity_type,
    '' AS scope, gas, chain, 'method' AS cause, sum(mass_t)::DECIMAL(38, 15) AS change_t,
    sum(CASE WHEN counted THEN mass_t ELSE 0 END)::DECIMAL(38, 15) AS change_counted_t,
    list_sort(coalesce(list(emission_id) FILTER (side = 0), [])) AS former_emission_ids,
    list_sort(coalesce(list(emission_id) FILTER (side = 1), [])) AS later_emission_ids
  FROM switch_line GROUP BY ALL
)
SELECT boundary, account, sector, entity_id, object_id, period, activity_type, scope, gas, chain, cause,
  sum(change_t)::DECIMAL(38, 15) AS change_t, sum(change_counted_t)::DECIMAL(38, 15) AS change_counted_t,
  list_sort(list_distinct(flatten(list(former_emission_ids)))) AS former_emission_ids,
  list_sort(list_distinct(flatten(list(later_emission_ids)))) AS later_emission_ids
FROM every
GROUP BY ALL
HAVING sum(change_t) <> 0 OR sum(change_counted_t) <> 0
ORDER BY ALL
