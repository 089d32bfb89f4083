"""What the summary and the report page both say of a result, computed once."""
