{{ theme_stat_urea_month("road_freight") }}
