{{ theme_stat_urea_month("coach") }}
