"""The chair's desk while judging runs: who has done what, and a word to whoever lags. Never a mark."""
