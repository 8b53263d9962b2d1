"""Tests of the books and of our own figures by other means: rederivation in SQL, a second reader of what came in."""
