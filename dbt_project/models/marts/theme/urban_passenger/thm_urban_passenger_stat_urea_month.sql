{{ theme_stat_urea_month("urban_passenger") }}
