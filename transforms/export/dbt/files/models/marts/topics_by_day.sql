-- How many articles each day has of each topic. Articles without a date of publication are under the null day.
select
  articles.published_date,
  topics.code,
  topics.label,
  count(*) as article_count,
  sum(case when topics.${position} = 0 then 1 else 0 end) as first_topic_count,
  count(distinct articles.publisher_domain) as publisher_count,
  avg(topics.score) as average_score
from {{ ref('articles_latest') }} as articles
join {{ ref('stg_article_topics') }} as topics on topics.row_id = articles.row_id
group by articles.published_date, topics.code, topics.label
