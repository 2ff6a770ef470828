-- Each mention of a person, place, organisation or other named thing, in the newest version of each article.
select
  mentions.row_id,
  mentions.article_id,
  mentions.version,
  articles.published_date,
  articles.publisher_domain,
  articles.in_language,
  mentions.entity_position,
  mentions.entity_name,
  mentions.entity_type,
  mentions.${position} as mention_position,
  mentions.${text} as mention_text,
  mentions.${start} as start_offset,
  mentions.${end} as end_offset
from {{ ref('stg_article_mentions') }} as mentions
join {{ ref('articles_latest') }} as articles on articles.row_id = mentions.row_id
