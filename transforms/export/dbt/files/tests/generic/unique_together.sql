{% test unique_together(model, columns) %}
-- Rows whose values in these columns another row has, too.
select {{ columns | join(', ') }}, count(*) as row_count
from {{ model }}
group by {{ columns | join(', ') }}
having count(*) > 1
{% endtest %}
