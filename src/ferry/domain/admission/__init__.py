"""Who may start what, how often, and what never starts anything: pure rules; each refusal is a person's sentence.

`people` says who may ask, `guards` what is an echo of Ferry's own work, `budget` how often. They run in this order,
so that whoever may not ask spends nothing.
"""
