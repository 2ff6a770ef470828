-- The newest version of each article.
select ${columns}
from (
  select ${columns}, row_number() over (partition by article_id order by version desc) as place
  from {{ ref('stg_articles') }}
) as numbered
where place = 1
