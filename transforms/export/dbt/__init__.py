"""A dbt project over the tables that loads make."""
