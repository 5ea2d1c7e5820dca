"""A round that ends on a stage: lots, presentations, timer, totals when opened, awards one by one."""
